"""The page voice."""

from pages.parts import frame
from pages.parts.empty import empty_state

here = frame.page("voice")
here.head(finding=here.t("app.nothing_yet"))
here.show(empty_state(here.t("nav.voice"), here.t("app.nothing_yet_text")), key="empty")
