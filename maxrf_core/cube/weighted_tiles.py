"""Weighted sums over the channels of all chunks of a tile: one map in float64, or many in float32."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from maxrf_core.cube.chunk_grid import ChunkGrid
from maxrf_core.cube.chunk_visits import Read
from maxrf_core.errors import DatastackError
from maxrf_core.language import _
from maxrf_core.workers import one_thread_each

Combine = Callable[[np.ndarray], np.ndarray]  # (maps, rows, columns) to (results, rows, columns)


def layers_with_weights(weights: np.ndarray, depth: int) -> list[int]:
    """Return the layers of `depth` channels in which a weight of (…, channels) is not 0.

    Examples
    --------
    >>> layers_with_weights(np.array([0, 0, 1, 0, 0, 0, 3.0]), 3)
    [0, 2]
    """
    used: np.ndarray = np.any(weights.reshape(-1, weights.shape[-1]), axis=0)
    return [start // depth for start in range(0, len(used), depth) if used[start : start + depth].any()]


@dataclass(frozen=True, eq=False)
class OneWeighting:
    """One weighted sum, in float64.

    Attributes
    ----------
    weights : ndarray, shape (channels,), float64
    is_mean : bool
        Normalise to the weights of the values that are present.
    grid : ChunkGrid
    """

    weights: np.ndarray
    is_mean: bool
    grid: ChunkGrid

    @property
    def layers(self) -> list[int]:
        """Layers to be read."""
        return layers_with_weights(self.weights, self.grid.chunks[2])

    def of_tile(self, read: Read, row: int, column: int) -> list[np.ndarray]:
        """Return the tile's map, (rows, columns) float64; NaN if all values with a weight are missing."""
        depth, counted = self.grid.chunks[2], np.count_nonzero(self.weights)
        tile, lost, left_out = (np.zeros(self.grid.tile_shape(row, column)) for _ in range(3))
        for layer in self.layers:
            part = self.weights[layer * depth : (layer + 1) * depth]
            found, missing = read((row, column, layer)).weighted(part)
            tile += found
            if missing is not None:
                lost += missing @ part
                left_out += missing @ (part != 0).astype(np.float64)
        if left_out.any():
            if self.is_mean:
                tile /= np.where(left_out < counted, 1 - lost / self.weights.sum(), 1)
            tile[left_out == counted] = np.nan
        return [tile]


@dataclass(frozen=True, eq=False)
class ManyWeightings:
    """Several weighted sums by one matrix product a chunk, in float32.

    Attributes
    ----------
    of_layer : dict of int to ndarray, shape (channels of the layer, maps), float32
        Weights of the layers that have any.
    counted : ndarray, shape (maps,), int
        Number of channels of each map that have a weight.
    grid : ChunkGrid
    combine : callable, optional
        Computes what is kept of a tile's maps.
    """

    of_layer: dict[int, np.ndarray]
    counted: np.ndarray
    grid: ChunkGrid
    combine: Combine | None = None

    @classmethod
    def of(cls, weights: ArrayLike, grid: ChunkGrid, combine: Combine | None = None) -> "ManyWeightings":
        """Return the sums of `weights` (maps, channels).

        Raises
        ------
        DatastackError
            If there is not one finite weight, as float32, for each channel.
        """
        channels, depth = grid.shape[2], grid.chunks[2]
        with np.errstate(over="ignore"):  # too large for float32: reported below
            single = np.asarray(weights, dtype=np.float64).astype(np.float32)
        if single.ndim != 2 or single.shape[1] != channels or not np.isfinite(single).all():
            raise DatastackError(
                _("Weighted maps need rows of numbers, one for each of the {channels} channels.").format(
                    channels=channels
                )
            )
        of_layer = {
            layer: np.ascontiguousarray(single[:, layer * depth : (layer + 1) * depth].T)
            for layer in layers_with_weights(single, depth)
        }
        return cls(of_layer, np.count_nonzero(single, axis=1), grid, combine)

    @property
    def n_results(self) -> int:
        """Number of maps that are kept of a tile."""
        return len(self._kept(np.zeros((len(self.counted), 1, 1), np.float32)))

    @property
    def layers(self) -> list[int]:
        """Layers to be read."""
        return list(self.of_layer)

    def of_tile(self, read: Read, row: int, column: int) -> np.ndarray:
        """Return the tile's maps, (maps, rows, columns) float32, or what `combine` returns for them.

        A map is NaN where all values that have a weight are missing.
        """
        rows, columns = self.grid.tile_shape(row, column)
        sums: np.ndarray = np.zeros((rows * columns, len(self.counted)), np.float32)
        left_out: np.ndarray | None = None
        for layer, weights in self.of_layer.items():
            counts = read((row, column, layer))
            with one_thread_each():  # all processors are busy with chunks; on a cluster, too
                found, missing = counts.weighted_by_all(weights)
            sums += found
            if missing is not None:
                lost = missing @ (weights != 0).astype(np.float32)
                left_out = lost if left_out is None else left_out + lost
        if left_out is not None:
            sums[(left_out == self.counted) & (self.counted > 0)] = np.nan
        return self._kept(sums.T.reshape(-1, rows, columns))

    def _kept(self, maps: np.ndarray) -> np.ndarray:
        return maps if self.combine is None else self.combine(maps)
