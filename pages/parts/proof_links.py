"""From numbers of a page to their proof: the KPIs they are, each a way to its page with the proof card."""

from __future__ import annotations

from collections.abc import Sequence

from kpi.measure.run import available
from kpi.workspace.own_kpis import kpis_of
from pages.parts import frame
from pages.parts.frame import Frame
from pages.parts.items import short_name
from pages.parts.markup import action, esc
from pages.parts.views import Action

# The KPIs whose numbers a page shows by other ways than a card.
CUSTOMERS = ("rfm_segment_share", "rfm_recency", "rfm_frequency", "rfm_monetary")
FUNNEL = {
    "leads": ("lead_conversion_rate", "lead_qualification_rate"),
    "opportunities": ("close_rate", "stage_conversion_rate"),
    "quotes": ("quotes_sent", "quote_to_order_rate"),
}


def proof_links(here: Frame, ids: Sequence[str]) -> None:
    """One line of links to the KPIs among `ids` that can be computed; nothing without any."""
    known = kpis_of(here.workspace)
    shown = [known[id_] for id_ in ids if id_ in known and available(here.workspace, known[id_])]
    if not shown:
        return
    links = " · ".join(action(Action(short_name(here, kpi), kpi.id)) for kpi in shown)
    pick = here.show(f'<p class="k-caption">{esc(here.t("proof.of"))} {links}</p>', key="proof_links")
    if pick:
        frame.go("explore", "kpi", kpi=pick)
