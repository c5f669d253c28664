"""Files that hold the transform of a registered photograph, of this and of other programs."""
