"""A small CRM export: four files that refer to each other by name, as such programs write them.

Counted by hand, for June 2024 (the last whole month; the data end on 30 June):
- deals closed: D4, D5, D6 won for 2,500 + 1,500 + 800 = 4,800, D7 lost: 3 of 4 = 75%, 1,600 each;
- orders: 1,200 + 300.50 + 450 + 99.50 + 950 = 3,000, five of them. May: 400 + 600 + 1,400 = 2,400.

And for Khordad 1403 (21 May to 20 June 2024), the last whole month of a Persian reader:
- deals closed: D3, D4, D5, D6 won for 3,000 + 2,500 + 1,500 + 800 = 7,800, none lost: 4 of 4, 1,950 each;
- orders: 1,400 + 1,200 + 300.50 + 450 = 3,350.50, four of them.
"""

from __future__ import annotations

from pathlib import Path

FILES = {
    "accounts.csv": """\
account,industry,country,employees
Cancity,retail,Austria,120
Isdom,medical,Poland,45
Konex,retail,Ukraine,310
Plexzap,software,Austria,80
""",
    "products.csv": """\
product,category,price
Alpha Basic,hardware,500
Alpha Plus,hardware,1500
Care Plan,service,800
""",
    "deals.csv": """\
deal_id,sales_agent,product,account,deal_stage,created_date,close_date,amount
D1,Anna Snell,Alpha Basic,Cancity,Won,2024-04-14,2024-05-14,1000
D2,Boris Frost,Alpha Plus,Isdom,Lost,2024-04-20,2024-05-20,
D3,Anna Snell,Alpha Plus,Konex,Won,2024-04-29,2024-05-29,3000
D4,Boris Frost,Alpha Plus,Konex,Won,2024-05-04,2024-06-03,2500
D5,Anna Snell,Alpha Plus,Plexzap,Won,2024-05-20,2024-06-09,1500
D6,Anna Snell,Care Plan,Cancity,Won,2024-06-08,2024-06-18,800
D7,Boris Frost,Alpha Basic,Isdom,Lost,2024-05-25,2024-06-24,
D8,Boris Frost,Alpha Plus,Plexzap,Engaging,2024-06-20,,
""",
    "orders.csv": """\
order_id,account,order_date,total
O1,Cancity,2024-05-02,400.00
O2,Isdom,2024-05-13,600.00
O3,Konex,2024-05-27,1400.00
O4,Cancity,2024-06-03,1200.00
O5,Konex,2024-06-11,300.50
O6,Plexzap,2024-06-17,450.00
O7,Cancity,2024-06-24,99.50
O8,Isdom,2024-06-30,950.00
""",
}


def write(folder: Path) -> list[str]:
    """The four files in `folder`; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [str(folder / name) for name in FILES]
