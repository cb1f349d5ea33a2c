"""KPI workbench: from a goal to the few KPIs that measure it, proved on the user's own data. Never imports streamlit."""
