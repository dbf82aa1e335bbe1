"""In what order things are done: the build, the catalogue of datasets, the command line."""
