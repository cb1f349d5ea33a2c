"""Every KPI computed a second time: pandas over the raw rows of the sample company, written from the spec alone.

Nothing here imports kpi/compile, kpi/measure, kpi/analysis, kpi/stats or kpi/definitions: two ways to one number.
"""
