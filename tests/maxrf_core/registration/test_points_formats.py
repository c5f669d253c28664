"""Point files of QGIS, BigWarp and Butterfly Registrator, to the half pixel."""

import numpy as np
import pytest

from maxrf_core.errors import RegistrationError
from maxrf_core.registration.points_io import load_points, read_points, write_points
from tests.maxrf_core.reference_drawing import DRAWING_SIZES


def test_qgis_counts_from_the_corner_of_the_first_pixel_and_upwards():
    text = "#CRS: \nmapX,mapY,sourceX,sourceY,enable,dX,dY,residual\n0.5,-0.5,100,-0,1,0,0,0\n"
    found = read_points(text)
    np.testing.assert_array_equal(found.dst, [[0, 0]])  # the middle of the first pixel
    np.testing.assert_array_equal(found.src, [[99.5, -0.5]])  # on the upper edge


def test_qgis_points_that_were_switched_off_are_left_out():
    rows = "1,-2,3,-4,1,0,0,0\n5,-6,7,-8,0,0,0,0\n"
    found = read_points(f"mapX,mapY,sourceX,sourceY,enable,dX,dY,residual\n{rows}")
    assert (len(found.src), found.left_out) == (1, 1)


@pytest.mark.parametrize(
    "header",
    [
        "mapX,mapY,pixelX,pixelY,enable",
        "# QGIS\nmapX,mapY,sourceX,sourceY",
        "mapX\tmapY\tpixelX\tpixelY\tenable",
    ],
)
def test_older_qgis_files_are_read_too(header):
    row = "1.5,-2.5,30.5,-40.5,1".replace(",", "\t" if "\t" in header else ",")
    found = read_points(f"{header}\n{row}\n")
    np.testing.assert_array_equal(found.src, [[30, 40]])
    np.testing.assert_array_equal(found.dst, [[1, 2]])


def test_qgis_points_on_a_map_of_the_earth_are_refused_with_what_to_do():
    rows = "4316373.4,3385976.1,3899,-1161,1\n4880681.6,5391377.6,6584,-6754,1\n"
    text = f"mapX,mapY,sourceX,sourceY,enable\n{rows}"
    with pytest.raises(RegistrationError, match=r"QGIS.*map with coordinates.*image without coordinates"):
        read_points(text)


def test_bigwarp_counts_from_the_middle_of_the_first_pixel_with_the_moving_image_first():
    found = read_points('"Pt-0","true","30.0","40.0","1.0","2.0"\n"Pt-1","true","31","41","1.5","2.5"\n')
    np.testing.assert_array_equal(found.src, [[30, 40], [31, 41]])
    np.testing.assert_array_equal(found.dst, [[1, 2], [1.5, 2.5]])


@pytest.mark.parametrize(
    "row",
    [
        "Pt-0,true,30,40,1,2",
        '"Pt, the first","true","7","30","40","1","2"',
        '"Pt-0","true","30","40","0","1","2","0"',
        '"Pt-0","true","7","30","40","9","1","2","9"',
    ],
)
def test_bigwarp_landmarks_of_all_its_versions_and_of_three_dimensions_are_read(row):
    found = read_points(f"{row}\n")
    np.testing.assert_array_equal(found.src, [[30, 40]])
    np.testing.assert_array_equal(found.dst, [[1, 2]])


def test_bigwarp_landmarks_that_are_inactive_or_half_set_are_left_out():
    rows = (
        '"a","true","1","2","3","4"\n"b","false","1","2","3","4"\n"c","true","1","2","Infinity","-Infinity"\n'
    )
    found = read_points(rows)
    assert (found.src.tolist(), found.dst.tolist(), found.left_out) == ([[1, 2]], [[3, 4]], 2)


def test_butterfly_registrator_measures_the_map_enlarged_to_the_height_of_a_broad_photograph():
    header = "Butterfly Registrator\n1.0\ncontrol points\nAssumes\ntarget\na.png\nmoving\nb.png\nx|y|x|y\n"
    found = read_points(f"{header}0.5|0.5|0|0\n400|200|100|200\n", photo_shape=(200, 400), map_shape=(50, 25))
    np.testing.assert_allclose(found.src, [[0, 0], [399.5, 199.5]])
    np.testing.assert_allclose(found.dst, [[-0.5, -0.5], [24.5, 49.5]])  # the outer corners of the map


def test_butterfly_registrator_rounds_the_enlarged_width_down():
    header = "Butterfly Registrator\n1.0\ncontrol points\nAssumes\ntarget\na.png\nmoving\nb.png\nx|y|x|y\n"
    found = read_points(f"{header}0|0|66|100\n", photo_shape=(100, 300), map_shape=(30, 20))
    np.testing.assert_allclose(found.dst, [[19.5, 29.5]])  # 66, not 66.7, columns


def test_real_file_of_butterfly_registrator_is_read_with_the_photograph_first(shared):
    path = shared("data/real/vangogh/s0039V1962_Zn_control_points.csv")
    sizes = {"photo_shape": (3700, 2400), "map_shape": (1479, 924)}  # the photograph is not at hand
    found = read_points(path, **sizes)
    assert found.kind == "butterfly"
    np.testing.assert_allclose(found.src[0], [316.8941, 1577.5509])
    wide, high = int(3700 * (924 / 1479)) / 924, 3700 / 1479
    np.testing.assert_allclose(found.dst[0], [153.728 / wide - 0.5, 1060.6455 / high - 0.5])
    again = write_points(found.src, found.dst, "butterfly", **sizes, photo_name="s0039V1962_b_crop.png",
                         map_name="s0039V1962_Zn_MAXRF.png").splitlines()  # fmt: skip
    for ours, theirs in zip(again, path.read_text().splitlines(), strict=True):
        if "|" in theirs and "x" not in theirs:
            np.testing.assert_allclose(*([float(n) for n in row.split("|")] for row in (ours, theirs)))
        else:
            assert ours.removesuffix(" (photograph 2400x3700, map 924x1479)") == theirs


def test_butterfly_registrator_needs_both_sizes():
    text = write_points([[1, 2]], [[3, 4]], "butterfly", **DRAWING_SIZES)
    with pytest.raises(RegistrationError, match="sizes of photograph and map are needed"):
        load_points(text)
    with pytest.raises(RegistrationError, match="sizes of photograph and map"):
        write_points([[1, 2]], [[3, 4]], "butterfly")
