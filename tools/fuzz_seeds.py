"""Real files from which the cases of the fuzz run are made."""

import gzip
import io
import tarfile
import warnings
from pathlib import Path
from typing import Any

import cv2
import h5py
import numpy as np
import pillow_heif
import tifffile
import zarr
from PIL import Image, ImageCms
from zarr.storage import ZipStore

from maxrf_core import DataStack, convert
from maxrf_core.imaging.write import encode
from maxrf_core.readers import ArrayScan
from maxrf_core.registration.exchange.write import TRANSFORM_KINDS, write_transform
from maxrf_core.registration.photo_transform import PhotoTransform
from maxrf_core.registration.points_io import KINDS, write_points
from maxrf_core.spectrum.calibration import Calibration

SHARED = Path(__file__).resolve().parents[2] / "shared/data/maxrf4u"
OWN = Path(__file__).resolve().parents[1] / "tests/data/readers"
GENUINE = SHARED.parent / "real/sem_maps"
RANDOM = np.random.default_rng(4)
COUNTS = RANDOM.poisson(2, (20, 17, 90))
PHOTO = RANDOM.integers(0, 256, (24, 30, 4), dtype=np.uint8)
EMSA = """#FORMAT      : EMSA/MAS Spectral Data File
#VERSION     : 1.0
#XUNITS      : keV
#DATATYPE    : Y
#XPERCHAN    : 0.02
#OFFSET      : -0.1
#LIVETIME  -s: 2.5
#XPOSITION mm: 1
#SPECTRUM    :
{}
#ENDOFDATA   :
"""
HEADER = """key value
width 17
height 20
depth 90
data-length 2
data-type unsigned
byte-order {order}
record-by {record}
depth-origin -0.956 ; keV
depth-scale 0.010002
depth-units keV
"""


def make_seeds(folder: Path) -> dict[str, list[Path]]:
    """Write real files of each format into a folder, some of every kind that the format has.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    dict
        For each format its files. Those of maxrf4u's own writing come along where they are at hand.
    """
    return {
        "HDF5": _hdf5(folder),
        "zarr 2 in zip": [*_zipped(folder, 2), *SHARED.glob("v2*.datastack")],
        "zarr 3 in zip": [
            *_zipped(folder, 3),
            *SHARED.glob("failed*.datastack"),
            *SHARED.glob("v3*.datastack"),
        ],
        "raw scan": _raw(folder),
        "other HDF5": [*_other_hdf5(folder), *OWN.glob("*.*")],
        "other scan": [*_plain(folder), *OWN.glob("edf_rows/*_0000.edf"), *GENUINE.glob("*.bcf")],
        "spectra": _spectra(folder),
        "PNG": [_kept(folder / f"{number}.png", content) for number, content in enumerate(_png())],
        "JPEG": [_kept(folder / f"{number}.jpg", content) for number, content in enumerate(_jpeg())],
        "TIFF": [_kept(folder / f"{number}.tif", content) for number, content in enumerate(_tiff())],
        "other picture": [*_other_pictures(folder), *OWN.parent.glob("pictures/*.ps?")],
        "points": _points(folder),
        "maps": [
            *_datamuncher(folder),
            *_packed_maps(folder),
            *(path for path in OWN.glob("maps/*") if path.suffix != ".npz"),
        ],
        "npy": _npy(folder),
    }


def _datamuncher(folder: Path) -> list[Path]:
    header, names = b"2\n17 20 3\n", b"Fe-K\nCa-K\nPb-L"
    values = COUNTS[:, :, :3].transpose(2, 0, 1)
    text = "\n".join(" ".join(map(str, row)) for row in values.reshape(-1, 10)).encode() + b"\n"
    return [
        _kept(folder / "floats.dms", header + values.astype("<f4").tobytes() + names),
        _kept(folder / "integers.dms", header + values.astype("<i4").tobytes() + names),
        _kept(folder / "text.ims", header + text + names),
    ]


def _packed_maps(folder: Path) -> list[Path]:
    return [
        _kept(folder / f"{path.stem}.edf.gz", gzip.compress(path.read_bytes(), 6, mtime=0))
        for path in sorted(OWN.glob("maps/*.edf"))
    ]


def _points(folder: Path) -> list[Path]:
    src, dst, shape = RANDOM.random((5, 2)), RANDOM.random((5, 2)), (20, 30)
    texts = {kind: write_points(src, dst, kind, photo_shape=shape, map_shape=shape) for kind in KINDS}
    files = [_kept(folder / f"{kind}{KINDS[kind][1]}", text) for kind, text in texts.items()]
    corners = np.array([[1.0, 1], [28, 2], [27, 18], [2, 17]])
    placed = PhotoTransform.of_points(
        corners, [[0, 0], [29, 0], [29, 19], [0, 19]], "homography", shape, shape
    )
    for kind in TRANSFORM_KINDS:
        files.append(_kept(folder / f"transform-{kind}", write_transform(placed, kind).content))
    return files


def _kept(path: Path, content: bytes | str) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def _hdf5(folder: Path) -> list[Path]:
    calibration = Calibration(0.1, -0.3)
    small = convert(ArrayScan(COUNTS.astype(np.uint16)), folder / "small.datastack", calibration=calibration)
    full = convert(ArrayScan((COUNTS * 300).astype(np.uint32)), folder / "full.datastack")
    arrays = {"imvis_reg": PHOTO, "words": np.array(["Fe", "Kα"]), "imvis_extent": np.arange(4.0)}
    DataStack(full).append(arrays, {"imvis_reg": {"photo": "a.jpg", "homography": np.eye(3)}})
    DataStack(full).append({"imvis_reg": PHOTO[..., 0], "phase": np.array([1j])})
    fractions = convert(ArrayScan(COUNTS.astype(np.float32) / 3), folder / "fractions.datastack")
    return [
        small,
        full,
        fractions,
        *(_repacked(small, folder, kind) for kind in ("chunked", "latest", "plain")),
    ]


def _other_hdf5(folder: Path) -> list[Path]:
    """Write cubes as other programs lay them out in HDF5."""
    counts, packed = COUNTS.astype(np.uint16), {"compression": "gzip", "shuffle": True}
    maps, crono, plain = (folder / f"{name}.h5" for name in ("maps", "crono", "plain"))
    with h5py.File(maps, "w") as file:
        for letter in "abc":
            file.create_dataset(f"MAPS_RAW/data_{letter}", data=counts.transpose(2, 0, 1), **packed)
        file["MAPS_RAW/livetime"] = RANDOM.random((3, 20, 17))
    with h5py.File(crono, "w") as file:
        file["XRF/Spectra"] = counts.reshape(-1, 90)
        file["XRF/SpectraSelectedIndex"] = np.arange(340, dtype=np.int32).reshape(20, 17, 1)
        file["XRF/EnergyVector"] = np.linspace(-1, 40, 90)
        file["XRF/LiveTimes"] = np.full(340, 59400, np.uint64)
        frames = file.create_dataset("Images/Static", (2,), h5py.vlen_dtype(np.uint8))
        frames[0] = np.frombuffer(bytes(25) + _jpeg()[0], np.uint8)
        file["XRF/MotorsPositions"] = RANDOM.integers(0, 9999, (340, 3)).astype(np.uint32)
    with h5py.File(plain, "w") as file:
        file.create_dataset("run/cube", data=counts[:, :, np.newaxis], chunks=(5, 17, 1, 30), **packed)
        file["run/image"] = counts.transpose(2, 0, 1)
    nexus = folder / "pictures.nxs"
    with h5py.File(nexus, "w") as file:
        group = file.create_group("entry/scan")
        group.attrs.update(NX_class="NXdata", signal="counts")
        group["counts"] = counts
        file["entry/camera"] = PHOTO
        file["entry/camera"].attrs["CLASS"] = "IMAGE"
    return [maps, crono, plain, nexus]


def _plain(folder: Path) -> list[Path]:
    """Write cubes of NumPy and TIFF stacks; ENVI files come along as another program wrote them."""
    counts = [COUNTS.astype("<u2"), COUNTS.astype(">i4").transpose(2, 0, 1), np.asfortranarray(COUNTS / 2)]
    written = [_kept(folder / f"cube-{n}.npy", _npy_bytes(cube)) for n, cube in enumerate(counts)]
    packed: dict[str, Any] = {"compression": "zlib", "predictor": True, "rowsperstrip": 5}
    for number, options in enumerate(({}, packed)):
        path = folder / f"stack-{number}.tif"
        tifffile.imwrite(
            path, COUNTS.transpose(2, 0, 1).astype(np.uint16), photometric="minisblack", **options
        )
        written.append(path)
    return [*written, *OWN.glob("envi/b??0.hdr")]


def _spectra(folder: Path) -> list[Path]:
    """Write single spectra of several kinds, and scans of each kind in a .tar file."""
    amptek = "<<PMCA SPECTRUM>>\nLIVE_TIME - 2.5\n<<CALIBRATION>>\nLABEL - keV\n5 0.1\n80 1.6\n<<DATA>>\n"
    texts = {".mca": amptek + "{}\n<<END>>\n", ".txt": "Counts\n{}\n", ".msa": EMSA}
    kinds: dict[str, list[bytes]] = {
        ending: [
            text.format("\n".join(map(str, COUNTS[place // 3, place % 3]))).encode() for place in range(6)
        ]
        for ending, text in texts.items()
    }
    genuine = sorted(GENUINE.parent.glob("bruker_m6_point/*.spx"))
    kinds |= {".spx": [path.read_bytes() for path in genuine for _ in range(4)]} if genuine else {}
    found = []
    for ending, contents in kinds.items():
        found += [_kept(folder / f"spectrum{ending}", contents[0]), folder / f"spectra{ending}.tar"]
        with tarfile.open(found[-1], "w") as archive:
            for place, content in enumerate(contents):
                member = tarfile.TarInfo(f"p{place // 3}_{place % 3}{ending}")
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    found.append(folder / "rows.tar")
    with tarfile.open(found[-1], "w") as archive:
        for path in sorted(OWN.glob("edf_rows/*xia0*.edf")):
            archive.add(path, path.name, filter=_without_time)
    return found


def _without_time(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.mtime, member.uid, member.gid, member.uname, member.gname = 0, 0, 0, "", ""
    return member


def _repacked(source: Path, folder: Path, kind: str) -> Path:
    """Lay the same arrays out as other programs would."""
    path = folder / f"{kind}.datastack"
    options: dict[str, Any] = {
        "chunked": {"chunks": (8, 8, 16), "compression": "gzip", "shuffle": True},
        "latest": {"chunks": (5, 17, 30), "compression": "gzip", "fletcher32": True},
        "plain": {},
    }[kind]
    with h5py.File(source) as old, h5py.File(path, "w", libver="latest" if kind == "latest" else None) as new:
        new.attrs.update(old.attrs)
        new.create_dataset("maxrf_cube", data=old["maxrf_cube"][()], **options)
        old.copy("maxrf_energies", new)
        new.create_group("others")["link"] = h5py.SoftLink("/maxrf_energies")
    return path


def _zipped(folder: Path, zarr_format: Any) -> list[Path]:
    path = folder / f"zarr{zarr_format}.datastack"
    with ZipStore(path, mode="w") as store, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # setting attributes writes a description twice, in maxrf4u too
        group = zarr.open_group(store, mode="w", zarr_format=zarr_format)
        group.create_array("maxrf_cube", data=COUNTS.astype(np.float32), chunks=(7, 8, 40))
        group.create_array("maxrf_energies", data=Calibration(0.1, -0.3).energies(90))
        group.create_array("imvis_reg", data=PHOTO)
        group["imvis_reg"].attrs["photo"] = "a.jpg"
    return [path]


def _raw(folder: Path) -> list[Path]:
    headers = []
    for order, record in (("little-endian", "vector"), ("big-endian", "image")):
        counts = COUNTS if record == "vector" else COUNTS.transpose(2, 0, 1)
        _kept(folder / f"{record}.raw", counts.astype(">u2" if order == "big-endian" else "<u2").tobytes())
        headers.append(_kept(folder / f"{record}.rpl", HEADER.format(order=order, record=record)))
    return headers


def _saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def _extras() -> dict[str, Any]:
    exif = Image.Exif()
    exif[0x0112] = 6
    return {"exif": exif, "icc_profile": ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()}


def _png() -> list[bytes]:
    color, clear = Image.fromarray(PHOTO[..., :3].copy()), Image.fromarray(PHOTO)
    deep = PHOTO.astype(np.uint16) * 257
    return [
        _saved(color, "PNG", **_extras()), _saved(clear, "PNG"), _saved(color.quantize(9), "PNG"),
        _saved(color.convert("1"), "PNG"), _saved(clear.convert("LA"), "PNG"),
        _saved(color, "PNG", save_all=True, append_images=[color.rotate(90, expand=False)]),
        encode(deep, "png"), encode(deep[..., 0], "png"),
    ]  # fmt: skip


def _jpeg() -> list[bytes]:
    color = Image.fromarray(np.kron(PHOTO[..., :3], np.ones((3, 3, 1), np.uint8)))
    return [
        _saved(color, "JPEG", **_extras()), _saved(color, "JPEG", progressive=True, quality=95),
        _saved(color.convert("L"), "JPEG"), _saved(color.convert("CMYK"), "JPEG"),
    ]  # fmt: skip


def _tiff() -> list[bytes]:
    color = Image.fromarray(PHOTO[..., :3].copy())
    found = [_saved(color, "TIFF", compression=packing) for packing in (None, "tiff_lzw", "jpeg", "packbits")]
    found += [_saved(color.convert(mode), "TIFF") for mode in ("CMYK", "1", "P", "LAB", "YCbCr")]
    deep = PHOTO.astype(np.uint16) * 257
    planes = np.ascontiguousarray(np.moveaxis(deep[..., :3], 2, 0))
    for values, options in (
        (deep[..., :3], {"photometric": "rgb", "compression": "zlib"}),
        (deep[..., 0].astype(np.float32), {"photometric": "minisblack", "byteorder": ">"}),
        (deep[..., 0], {"photometric": "miniswhite", "bigtiff": True, "tile": (16, 16)}),
        (planes, {"photometric": "rgb", "planarconfig": "separate"}),
        (deep, {"photometric": "rgb", "extrasamples": [0]}),
        (PHOTO, {"photometric": "rgb", "extrasamples": [1], "byteorder": ">", "bigtiff": True}),
        (PHOTO[..., 0].view(np.int8), {"photometric": "minisblack", "compression": "zlib"}),
        (planes, {"imagej": True, "metadata": {"axes": "CYX"}}),
    ):
        file = io.BytesIO()
        tifffile.imwrite(file, values, **options)
        found.append(file.getvalue())
    more: dict[str, Any] = {"save_all": True, "append_images": [color]}
    return [*found, _pages(), _saved(color.reduce(4), "TIFF", compression="tiff_lzw", **more)]


def _other_pictures(folder: Path) -> list[Path]:
    """Write pictures in the formats of telephones, browsers and archives; Photoshop's come along."""
    large = np.kron(PHOTO, np.ones((2, 2, 1), np.uint8))
    color, clear = Image.fromarray(large[..., :3].copy()), Image.fromarray(large)
    deep = cv2.imencode(".jp2", large[..., :3].astype(np.uint16) * 257)[1].tobytes()
    contents = {
        "avif": [_saved(color, "AVIF", **_extras()), _saved(clear, "AVIF", quality=90)],
        "webp": [_saved(color, "WEBP", **_extras()), _saved(clear, "WEBP", lossless=True)],
        "jp2": [_saved(color, "JPEG2000", tile_size=(32, 32)), _saved(color.convert("L"), "JPEG2000"), deep],
        "j2k": [_saved(color, "JPEG2000", no_jp2=True)],
    }
    height, width = large.shape[:2]
    many_bits = (large[..., :3].astype(np.uint16) * 257).tobytes()
    for picture in (
        pillow_heif.from_pillow(color),
        pillow_heif.from_pillow(clear),
        pillow_heif.from_bytes("RGB;16", (width, height), many_bits),
    ):
        file = io.BytesIO()
        picture.save(file, exif=_extras()["exif"].tobytes())
        contents.setdefault("heic", []).append(file.getvalue())
    return [
        _kept(folder / f"other-{number}.{ending}", content)
        for ending, each in contents.items()
        for number, content in enumerate(each)
    ]


def _pages() -> bytes:
    """Write a thumbnail, a picture, and smaller versions beside the picture."""
    file, pixels = io.BytesIO(), PHOTO[..., :3]
    with tifffile.TiffWriter(file) as writer:
        writer.write(pixels[::8, ::8], photometric="rgb", subfiletype=1)
        writer.write(pixels, photometric="rgb", subifds=1, compression="zlib", predictor=True)
        writer.write(pixels[::2, ::2], photometric="rgb", subfiletype=1)
    return file.getvalue()


def _npy(folder: Path) -> list[Path]:
    arrays = [PHOTO, np.array(["Fe", "Ca"]), np.arange(9.0), np.zeros((0, 3)), np.array([(1, 2.0)], "i4,f8")]
    return [_kept(folder / f"{number}.npy", _npy_bytes(array)) for number, array in enumerate(arrays)]


def _npy_bytes(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=False)
    return file.getvalue()
