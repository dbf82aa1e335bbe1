"""One annotation format a file: how it is listed and parsed. Datasets are entries of pipelines/catalog."""
