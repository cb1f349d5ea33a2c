"""Can these data be trusted, and what should be put right first: findings, duplicates, grade, trend, unlock list."""

from kpi.quality.finding import Finding
from kpi.quality.findings import finding, findings

__all__ = ["Finding", "finding", "findings"]
