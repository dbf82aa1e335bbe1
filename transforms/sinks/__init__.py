"""Writers of the output's files."""
