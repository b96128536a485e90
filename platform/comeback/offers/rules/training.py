"""Co-purchases: EASE in closed form (Steck 2019, "Embarrassingly Shallow Autoencoders for Sparse Data").

`B = I − P · diag(1/diag(P))` with `P = (XᵀX + λI)⁻¹`, where X is people × products (bought or not). Products beyond
`MAX_ITEMS` (by number of buyers) and the long tail of a huge basket are left out: the inverse is cubic in products,
the Gram matrix quadratic in the basket.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

MAX_ITEMS = 10_000
MAX_BASKET = 300
NEIGHBOURS = 50
REGULARISATION = 600.0

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What was learned: for product `items[r]` its nearest `items[index[r]]` with `weight[r]`, strongest first.

    `buyers[r]` counts people who bought it, `appeal[r]` is log buyers, standardised. Weights of padding are 0.
    """

    items: IntArray
    index: IntArray
    weight: FloatArray
    buyers: IntArray
    appeal: FloatArray


def train(people: IntArray, products: IntArray, *, regularisation: float = REGULARISATION) -> Neighbours:
    """Learns from pairs (person, product), given as two arrays of equal length; repeats count once."""
    pairs = np.unique(np.stack([people, products], axis=1), axis=0)
    items, codes, buyers = np.unique(pairs[:, 1], return_inverse=True, return_counts=True)
    order = np.argsort(-buyers, kind="stable")[:MAX_ITEMS]
    rank = np.full(len(items), -1, dtype=np.int64)
    rank[order] = np.arange(len(order))
    person, item = pairs[:, 0], rank[codes]
    kept = item >= 0
    gram = _gram(person[kept], item[kept], len(order))
    index, weight = _nearest(_ease(gram, regularisation))
    return Neighbours(items[order], index, weight, buyers[order], _standard(np.log(buyers[order])))


def _standard(values: npt.NDArray[np.float64]) -> FloatArray:
    spread = float(values.std()) if len(values) else 0.0
    return ((values - values.mean()) / spread if spread > 1e-9 else np.zeros_like(values)).astype(np.float32)


def _gram(person: IntArray, item: IntArray, size: int) -> FloatArray:
    """XᵀX by adding up the pairs of each basket; baskets of one size are taken together."""
    gram = np.zeros((size, size), dtype=np.float32)
    flat = gram.reshape(-1)
    order = np.lexsort((item, person))
    item = item[order]
    _, starts, counts = np.unique(person[order], return_index=True, return_counts=True)
    counts = np.minimum(counts, MAX_BASKET)
    for count in np.unique(counts):
        for part in _parts(starts[counts == count], int(count)):
            baskets = item[part[:, None] + np.arange(count)]
            np.add.at(flat, (baskets[:, :, None] * size + baskets[:, None, :]).ravel(), np.float32(1))
    return gram


def _parts(starts: IntArray, count: int) -> list[IntArray]:
    """Slices that make at most four million pairs each."""
    step = max(1, 4_000_000 // (count * count))
    return [starts[i : i + step] for i in range(0, len(starts), step)]


def _ease(gram: FloatArray, regularisation: float) -> FloatArray:
    if not len(gram):
        return gram
    diagonal = np.arange(len(gram))
    gram[diagonal, diagonal] += np.float32(regularisation)
    inverse = np.linalg.inv(gram)
    inverse /= -inverse[diagonal, diagonal]
    inverse[diagonal, diagonal] = 0
    return inverse


def _nearest(weights: FloatArray) -> tuple[IntArray, FloatArray]:
    """The strongest entries of each row, strongest first; only positive ones carry weight."""
    size = len(weights)
    keep = min(NEIGHBOURS, size)
    if not keep:
        return np.zeros((0, 0), dtype=np.int64), np.zeros((0, 0), dtype=np.float32)
    index = (
        np.argpartition(-weights, keep - 1, axis=1)[:, :keep] if keep < size else np.tile(np.arange(size), (size, 1))
    )
    found = np.take_along_axis(weights, index, axis=1)
    order = np.argsort(-found, axis=1, kind="stable")
    index, found = np.take_along_axis(index, order, axis=1), np.take_along_axis(found, order, axis=1)
    return index.astype(np.int64), np.maximum(found, 0).astype(np.float32)
