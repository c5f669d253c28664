"""The first bytes by which kinds of files are recognised."""

HDF5 = b"\x89HDF\r\n\x1a\n"
ZIP = b"PK\x03\x04"  # of a zip's first member (APPNOTE.TXT 4.3.7)
PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"
TIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")  # little- and big-endian, TIFF and BigTIFF
BCF = b"AAMVHFSS"  # AidAim's Single File System
DATASTACKS = (HDF5, ZIP)
NPY = b"\x93NUMPY"
