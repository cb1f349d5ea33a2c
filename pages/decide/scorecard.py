"""The page scorecard."""

from pages.parts import frame
from pages.parts.empty import empty_state

here = frame.page("scorecard")
here.head(finding=here.t("app.nothing_yet"))
here.show(empty_state(here.t("nav.scorecard"), here.t("app.nothing_yet_text")), key="empty")
