"""k-means clusters: repeatable, and equal to R and scikit-learn on CDNOW within tolerance (k fixed, never found)."""

import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kpi.stats import Quality, cluster, default_k, features, profiles, quality, stability
from tests.support import SHARED

ORACLE = SHARED / "oracles" / "rfm_cdnow_19980630_scores.csv"
# oracles/kmeans_cdnow.json (R kmeans nstart=100) and kmeans_cdnow_sklearn.csv: k, inertia, silhouette, Davies-Bouldin
CDNOW = [
    (2, 2915.67286129081, 0.57647322515, 0.730511),
    (3, 2014.27893132596, 0.4867753990478, 0.897695),
    (4, 1618.85811715912, 0.4086517799141, 0.979096),
    (5, 1330.22427701719, 0.4148796018926, 0.941481),
]


def three_groups(seed=0, n=60):
    """Customers of three plain kinds: often, now and then, once long ago."""
    rng = np.random.default_rng(seed)
    recency = np.concatenate([rng.integers(1, 20, n), rng.integers(80, 140, n), rng.integers(300, 400, n)])
    frequency = np.concatenate([rng.integers(20, 30, n), rng.integers(5, 8, n), np.ones(n)])
    money = frequency * rng.uniform(40, 60, 3 * n)
    return recency, frequency, money


@pytest.mark.skipif(not ORACLE.exists(), reason="the reference outputs are not beside the checkout")
def test_cdnow_within_tolerance_of_oracle():
    with ORACLE.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    recency, frequency, money = (
        np.array([float(row[column]) for row in rows]) for column in ("recency_days", "transaction_count", "amount")
    )
    x = features(recency, frequency, money)
    for k, inertia, silhouette, davies_bouldin in CDNOW:
        found = cluster(x, k, money)
        assert found.inertia == pytest.approx(inertia, rel=1e-3)
        measured = quality(x, found, refits=2)
        assert measured.silhouette == pytest.approx(silhouette, abs=5e-3)
        assert measured.davies_bouldin == pytest.approx(davies_bouldin, abs=0.01)
    four = cluster(x, 4, money)
    assert four.sizes == pytest.approx([244, 451, 738, 924], rel=0.02)
    assert four.centres[0] == pytest.approx([-2.350669, 1.898540, 1.512806], abs=0.01)
    assert stability(x, cluster(x, 2, money), refits=5).mean() == pytest.approx(0.97, abs=0.03)


def test_features_are_z_scores_of_logs():
    x = features([1, 10, 100], [1, 2, 3], [5, 5, 5])
    assert x[:, :2].mean(axis=0) == pytest.approx([0, 0])
    assert x[:, :2].std(axis=0, ddof=1) == pytest.approx([1, 1])
    assert x[:, 2].tolist() == [0, 0, 0]
    assert features([1, 2], [1, 1], [-50, 10])[0, 2] == features([1, 2], [1, 1], [0, 10])[0, 2]


def test_clusters_are_numbered_by_money_and_repeatable():
    recency, frequency, money = three_groups()
    x = features(recency, frequency, money)
    found = cluster(x, 3, money)
    assert found.labels.tolist() == [1] * 60 + [2] * 60 + [3] * 60
    assert cluster(x, 3, money).labels.tolist() == found.labels.tolist()
    assert cluster(x, 3, money, winsorise=True).labels.tolist() == found.labels.tolist()
    assert quality(x, found).stability_low > 0.85


def test_profiles_hold_raw_medians_and_names():
    recency, frequency, money = three_groups()
    found = cluster(features(recency, frequency, money), 3, money)
    rows = profiles(found, recency, frequency, money)
    assert [row.n for row in rows] == [60, 60, 60]
    assert rows[0].name == ("recent", "frequent", "high_value")
    assert rows[1].name == ("typical",)
    assert rows[2].name == ("quiet", "infrequent", "low_value")
    assert rows[2].frequency == 1 and 300 <= rows[2].recency_days <= 400


def test_more_clusters_than_customers_are_refused():
    with pytest.raises(ValueError):
        cluster(features([1, 1, 1], [1, 1, 1], [1, 1, 1]), 2, [1, 1, 1])


def test_default_number_of_clusters():
    def measured(k, low, smallest):
        return Quality(k, 1.0, 0.5, 0.7, 0.9, low, smallest)

    assert default_k([measured(2, 0.96, 600), measured(3, 0.9, 300), measured(4, 0.7, 250)], 2000) == 3
    assert default_k([measured(2, 0.96, 600), measured(3, 0.9, 39)], 2000) == 2  # 2 % of 2000 are 40
    assert default_k([measured(2, 0.1, 3)], 100) == 2
    assert default_k([measured(6, 0.99, 900)], 6000) == 2  # more than 5 only when asked for


def test_scikit_learn_is_not_imported_with_the_package():
    code = "import sys, kpi.stats; sys.exit('sklearn' in sys.modules or 'scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[1], check=False).returncode == 0
