"""The page kpi."""

from pages.parts import frame
from pages.parts.empty import empty_state

here = frame.page("kpi")
here.head(finding=here.t("app.nothing_yet"))
here.show(empty_state(here.t("nav.kpi"), here.t("app.nothing_yet_text")), key="empty")
