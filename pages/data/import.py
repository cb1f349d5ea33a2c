"""The page import."""

from pages.parts import frame
from pages.parts.empty import empty_state

here = frame.page("import")
here.head(finding=here.t("app.nothing_yet"))
here.show(empty_state(here.t("nav.import"), here.t("app.nothing_yet_text")), key="empty")
