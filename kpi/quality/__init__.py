"""Can these data be trusted, and what should be put right first.

scan: one look at every table. findings, duplicates, scattered: what is wrong. grade, stock, trend: how good the data
are, by table, by KPI, over imports. rows, owners, download: what to put right, by whom. merge: two customers made one.
unlock: which columns would help most. cost: what wrong data cost. The rules stand in definitions/findings.toml and
definitions/quality.toml; docs/quality.md explains them. Import from the files: some take numpy with them.
"""
