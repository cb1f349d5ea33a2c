"""The page customers."""

from pages.parts import frame
from pages.parts.empty import empty_state

here = frame.page("customers")
here.head(finding=here.t("app.nothing_yet"))
here.show(empty_state(here.t("nav.customers"), here.t("app.nothing_yet_text")), key="empty")
