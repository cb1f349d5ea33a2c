"""Translations of what the gallery says, enough to look at direction, fonts and long words."""

from pages import parts as p

WORDS = {
    "fa": {
        "Win rate": "نرخ برد", "Repeat purchase rate": "نرخ خرید دوباره", "Revenue won": "درآمد برده‌شده",
        "Engaging to won": "از درگیر شدن تا برد", "Sales cycle, median": "چرخهٔ فروش، میانه",
        "First response, median": "نخستین پاسخ، میانه", "Contacts per open deal": "تماس به ازای هر معاملهٔ باز",
        "Outcomes": "نتیجه‌ها", "what the goals ask for": "آنچه هدف‌ها می‌خواهند", "Drivers": "پیش‌ران‌ها",
        "what moves them": "آنچه آن‌ها را حرکت می‌دهد", "set one": "تعیین کنید", "target": "هدف",
        "October 2026 against September": "مهر ۱۴۰۵ در برابر شهریور", "data until 15 Nov 2026": "داده تا ۲۴ آبان ۱۴۰۵",
        "<worse>Win rate 63%</worse>, 4 points under target; the drop is in <b>Engaging</b>. Customers come back more often.":
            "<worse>نرخ برد \u2066۶۳٪\u2069</worse>، ۴ واحد زیر هدف؛ افت در <b>درگیر شدن</b> است. مشتریان بیشتر بازمی‌گردند.",
        "Lines: 13 months, dashed line is the target. “Within noise”: the change is smaller than months usually differ.":
            "خط‌ها: ۱۳ ماه، خط‌چین هدف است. «در حد نوسان»: تغییر کمتر از تفاوت معمول ماه‌هاست.",
        "Month": "ماه", "Quarter": "فصل", "Year": "سال", "Goals": "هدف‌ها", "Prospecting": "شناسایی",
        "Engaging": "درگیر شدن", "Proposal": "پیشنهاد", "Negotiation": "مذاکره", "Won": "برده",
        "Win more of the deals we work on": "برد بیشتر در معامله‌ها", "Keep the customers we have": "حفظ مشتریان فعلی",
        "Answer faster": "پاسخ سریع‌تر", "Needs action now": "اکنون نیازمند اقدام", "by money at stake": "به ترتیب پول در خطر",
        "Open the deals": "باز کردن معامله‌ها", "Open the list": "باز کردن فهرست", "Where they went": "کجا رفتند",
        "Segments": "بخش‌ها", "Champions": "بهترین مشتریان", "Loyal": "وفادار", "New": "تازه", "Cooling": "رو به سردی",
        "Stopped": "متوقف‌شده", "Recency × frequency": "تازگی × بسامد", "last order": "آخرین سفارش",
        "orders in 24 months": "سفارش در ۲۴ ماه", "312 deals have had no contact for 30 days": "۳۱۲ معامله ۳۰ روز است تماسی نداشته‌اند",
        "46 good customers stopped buying": "۴۶ مشتری خوب خرید را متوقف کرده‌اند",
        "% of decided deals won": "\u2067٪ معامله‌های برده‌شده\u2069", "usual range": "دامنهٔ معمول", "half month": "نیمی از ماه",
    },
    "uk": {
        "Win rate": "Частка виграних", "Repeat purchase rate": "Частка повторних покупок", "Revenue won": "Виграний дохід",
        "Engaging to won": "Від залучення до виграшу", "Sales cycle, median": "Цикл продажу, медіана",
        "First response, median": "Перша відповідь, медіана", "Contacts per open deal": "Контактів на відкриту угоду",
        "Outcomes": "Результати", "what the goals ask for": "чого вимагають цілі", "Drivers": "Чинники",
        "what moves them": "що на них впливає", "set one": "задати", "target": "ціль", "Month": "Місяць",
        "Quarter": "Квартал", "Year": "Рік", "October 2026 against September": "жовтень 2026 проти вересня",
        "data until 15 Nov 2026": "дані до 15 листопада 2026",
        "<worse>Win rate 63%</worse>, 4 points under target; the drop is in <b>Engaging</b>. Customers come back more often.":
            "<worse>Частка виграних 63\u00a0%</worse>, на 4\u00a0в.п. нижче цілі; спад на етапі <b>Залучення</b>. Клієнти повертаються частіше.",
    },
}  # fmt: skip


def number(here, x, unit=None) -> p.Value:
    """A value in euros, hours …, as `here.value` makes it with the workspace's currency."""
    parts = here.texts.parts(x, unit, currency="EUR", short=True)
    return p.Value(parts.number, parts.unit, here.texts.number(x, unit, currency="EUR"))


def w(here, text: str) -> str:
    """The text in the reader's language, where it is translated."""
    return WORDS.get(here.texts.lang, {}).get(text, text)
