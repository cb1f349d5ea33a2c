"""Helpers for tests: orders that several files count on."""

from __future__ import annotations

from tests.workspaces import at


def orders_of_18_months() -> list[dict]:
    """One order of 100 on the tenth of each month from January 2025 to June 2026, packages in the odd ones."""
    return [
        {
            "order_id": f"{y}-{m}",
            "customer_id": f"C{m % 3}",
            "ordered_at": at(f"{y}-{m:02}-10"),
            "amount": 100,
            "revenue_stream": "packages" if m % 2 else "single",
        }
        for y in (2025, 2026)
        for m in range(1, 13)
        if (y, m) <= (2026, 6)
    ]


def orders_of_2025(n: int) -> list[dict]:
    """`n` orders of 100 by four customers, dealt out over the months of 2025."""
    return [
        {"order_id": f"{i}", "customer_id": f"C{i % 4}", "ordered_at": at(f"2025-{i % 12 + 1:02}-10"), "amount": 100}
        for i in range(n)
    ]
