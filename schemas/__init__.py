"""What things are: records, geometry, errors, the recipe, identity, Arrow schemas. No Beam, no OpenCV, no I/O."""
