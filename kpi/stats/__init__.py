"""Arrays in, numbers out: statistics without a database, a workspace or a language."""

from kpi.stats.clusters import (
    Clustering,
    Profile,
    Quality,
    cluster,
    default_k,
    features,
    profiles,
    quality,
    stability,
)
from kpi.stats.composite import (
    MIN_COVERAGE,
    Attainment,
    Composite,
    Ratings,
    attainment,
    band_attainment,
    composite,
    enough,
    rating_score,
    ratings,
)
from kpi.stats.correlation import Correlation, correlate
from kpi.stats.curves import lowess, rising
from kpi.stats.lagged import Lagged, lagged
from kpi.stats.leads import Lead, screen
from kpi.stats.likeness import Likeness, likeness
from kpi.stats.little import TooLittle
from kpi.stats.multiple import benjamini_hochberg, holm
from kpi.stats.nps import (
    NpsBands,
    NpsDifference,
    adjusted_wald,
    nps_bands,
    nps_difference,
    nps_score,
    nps_se,
    nps_variance,
)
from kpi.stats.outlook import Checked, Outlook, outlook
from kpi.stats.process import Process, process
from kpi.stats.proportions import newcombe, wilson, z_value
from kpi.stats.quantiles import Cuts, cut_points, score
from kpi.stats.repeated import Held, partial, within
from kpi.stats.signals import Limits, Signal, autocorrelated, within_noise, xmr_limits, xmr_signals
from kpi.stats.survival import Incidence, Survival, cumulative_incidence, kaplan_meier, median_time

__all__ = [
    "MIN_COVERAGE",
    "Attainment",
    "Checked",
    "Clustering",
    "Composite",
    "Correlation",
    "Cuts",
    "Held",
    "Incidence",
    "Lagged",
    "Lead",
    "Likeness",
    "Limits",
    "NpsBands",
    "NpsDifference",
    "Outlook",
    "Process",
    "Profile",
    "Quality",
    "Ratings",
    "Signal",
    "Survival",
    "TooLittle",
    "attainment",
    "autocorrelated",
    "band_attainment",
    "benjamini_hochberg",
    "cluster",
    "composite",
    "correlate",
    "cumulative_incidence",
    "cut_points",
    "default_k",
    "enough",
    "features",
    "holm",
    "kaplan_meier",
    "lagged",
    "likeness",
    "lowess",
    "median_time",
    "newcombe",
    "nps_bands",
    "nps_difference",
    "adjusted_wald",
    "nps_score",
    "nps_se",
    "nps_variance",
    "outlook",
    "partial",
    "process",
    "profiles",
    "quality",
    "rating_score",
    "ratings",
    "rising",
    "score",
    "screen",
    "stability",
    "wilson",
    "within",
    "within_noise",
    "xmr_limits",
    "xmr_signals",
    "z_value",
]
