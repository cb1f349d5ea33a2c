"""Made-up exports of systems that the recogniser was not built on: typical headers, plausible values, and what they mean.

A column is (header, kind of value, answer): the answer as in tests/answers/mapping ("a | b", "" for nothing).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.intake_files import write_csv

N = 80
Cell = Callable[[int], object]
NAMES = ("Ann Lee", "Bo Ray", "Cy Fox", "Di Poe", "Ed Orr")
UKRAINIAN = ("Олена Коваль", "Петро Бондар", "Ганна Біла", "Іван Мельник")
RUSSIAN = ("Анна Белова", "Пётр Чернов", "Ольга Седова", "Иван Орлов")
PERSIAN = ("سارا احمدی", "رضا کریمی", "مریم رضایی", "علی مرادی")


def pick(*values: object) -> Cell:
    return lambda i: values[(i * 7 + i // 3) % len(values)]


def form(text: str) -> Cell:
    return lambda i: text.format(i=i, d=1 + i % 28, m=1 + i % 12, s=i % 9, h=i % 24, n=i * 37 % 1000, p=i * 13 % 89)


KINDS: dict[str, Cell] = {
    "id": form("{i}"),
    "long": form("8{i:09d}"),
    "code": form("INV-{i:05d}"),
    "uuid": form("a1b2c3d4-0000-4000-8000-{i:012d}"),
    "few": form("77{s}"),
    "third": lambda i: f"O{i // 3:04d}",
    "sku": form("SKU-{s}"),
    "product": form("Chair model {s}"),
    "company": form("Acme {s} Ltd"),
    "org": form("ТОВ Ромашка {s}"),
    "ooo": form("ООО Вектор {s}"),
    "شرکت": form("شرکت نمونه {s}"),
    "title": form("Deal about chairs {i}"),
    "sentence": form("Please call me back about order {i}, it is late"),
    "person": form("Ann{i} Smith{i}"),
    "first": form("Ann{s}"),
    "last": form("Smith{i}"),
    "rep": pick(*NAMES),
    "uk rep": pick(*UKRAINIAN),
    "ru rep": pick(*RUSSIAN),
    "fa rep": pick(*PERSIAN),
    "email": form("user{i}@example.com"),
    "few email": form("user{s}@example.com"),
    "phone": form("+38050{i:07d}"),
    "money": form("{n}.50"),
    "big": form("{n}000"),
    "comma": form("{n},50"),
    "small": form("{p}.25"),
    "count": lambda i: 1 + i % 5,
    "percent": pick(10, 25, 50, 75),
    "date": form("2024-{m:02d}-{d:02d}"),
    "time": form("2024-{m:02d}-{d:02d} {h:02d}:15:00"),
    "iso": form("2024-{m:02d}-{d:02d}T{h:02d}:15:00Z"),
    "later": form("2024-{m:02d}-{d:02d} 23:30:00"),
    "us": form("{m:02d}/{d:02d}/2024"),
    "dots": form("{d:02d}.{m:02d}.2024"),
    "dots time": form("{d:02d}.{m:02d}.2024 {h:02d}:15"),
    "jalali": form("1403/{m:02d}/{d:02d}"),
    "country": pick("Ukraine", "Poland", "Iran", "Germany"),
    "city": pick("Kyiv", "Lviv", "Odesa", "Dnipro"),
    "zip": form("{i:05d}"),
    "currency": pick("USD", "EUR"),
    "url": form("https://example.com/x/{i}"),
    "yes": pick("Yes", "No"),
    "flag": pick("true", "false"),
    "minutes": form("{n}"),
    "clock": form("00:{d:02d}:{p:02d}".replace("{p:02d}", "15")),
    "empty": lambda i: "",
    "note": form("see the note of line {i} for all that was said"),
}


@dataclass(frozen=True)
class Made:
    """One export. columns: (header, kind of value or words to pick from, answer)."""

    system: str
    file: str
    table: str
    columns: tuple[tuple[str, str | tuple[object, ...], str], ...]
    delimiter: str = ","

    def write(self, folder: Path) -> Path:
        """The file with its rows."""
        cells = [KINDS[kind] if isinstance(kind, str) else pick(*kind) for _, kind, _ in self.columns]
        rows = [[cell(i) for cell in cells] for i in range(N)]
        return write_csv(folder / self.file, [header for header, _, _ in self.columns], rows, self.delimiter)


def made(system: str, file: str, table: str, text: str, delimiter: str = ",") -> Made:
    """From lines `header | kind or words, separated by commas | answer`; the answer without its table means `table`."""
    columns = []
    for line in filter(None, (each.strip() for each in text.splitlines())):
        header, kind, *answers = (part.strip() for part in line.split("|"))
        places = [a if not a or "." in a else f"{table}.{a}" for a in answers or [""]]
        given = tuple(w.strip() for w in kind.split(",")) if kind not in KINDS else kind
        columns.append((header, given, " | ".join(places)))
    return Made(system, file, table, tuple(columns), delimiter)


MADE = (
    made("Freshdesk", "tickets.csv", "tickets", """
        Ticket ID | id | ticket_id
        Subject | sentence | subject
        Status | Open, Pending, Resolved, Closed | status
        Priority | Low, Medium, High, Urgent | priority
        Source | Email, Portal, Phone | channel
        Type | Question, Incident, Problem | ticket_type | category
        Agent | rep | agent_employee_id
        Group | Billing, Support | team
        Created time | time | opened_at
        Due by Time | later | resolution_due_at
        Resolved time | later | resolved_at
        Closed time | later | closed_at
        Last update time | later |
        Initial response time | later | first_response_at
        Tags | a, b |
        Survey results | empty | surveys.score |
        Agent interactions | count |
        Customer interactions | count |
        Resolution status | Within SLA, SLA Violated | resolution_sla_met |
        Full name | person | customers.name | contacts.name
        Email | email | customers.email | contacts.email
        Company Name | company | customer_id | customers.name
    """),
    made("Intercom", "conversations.csv", "tickets", """
        Conversation ID | long | ticket_id
        Conversation started at | time | opened_at
        Channel | chat, email | channel
        State | open, closed | status
        Teammate assigned | rep | agent_employee_id
        Team assigned | Support, Sales | team
        User email | email | customers.email | contacts.email
        First response time | minutes | first_response_minutes
        Last closed at | later | closed_at
        Conversation rating | 1, 2, 3, 4, 5 | surveys.score
    """),
    made("Freshsales", "deals.csv", "opportunities", """
        Deal ID | long | opportunity_id
        Deal name | title | name
        Deal value | money | amount
        Deal stage | New, Qualification, Demo, Negotiation, Won, Lost | stage
        Deal pipeline | Default Pipeline | pipeline
        Sales owner | rep | owner_employee_id
        Account name | company | customer_id | customers.name
        Expected close date | date | expected_close_at
        Closed date | date | closed_at
        Created at | time | created_at
        Probability (%) | percent | probability
        Lost reason | Price, Timing | lost_reason
        Currency | currency | currency
        Last contacted time | later |
    """),
    made("Copper", "copper_opportunities.csv", "opportunities", """
        Copper ID | long | opportunity_id
        Name | title | name
        Company | company | customer_id | customers.name
        Primary Contact | person | contact_id | contacts.name
        Pipeline | Sales, Partners | pipeline
        Stage | Qualified, Presentation, Contract Review, Won | stage
        Status | Open, Won, Lost, Abandoned | outcome
        Value | money | amount
        Win Probability | percent | probability
        Source | Website, Referral | source_channel
        Owned By | rep | owner_employee_id
        Close Date | date | closed_at | expected_close_at
        Loss Reason | Price, Timing | lost_reason
        Created At | time | created_at
    """),
    made("Close", "close_leads.csv", "leads", """
        id | uuid | lead_id
        display_name | company | name | company
        status_label | Potential, Qualified, Customer, Bad Fit | status
        lead_owner | rep | owner_employee_id
        primary_contact_primary_email | email | email
        primary_contact_primary_phone | phone | phone
        date_created | iso | created_at
        lead_source | Inbound, Outbound | source_channel
        url | url |
    """),
    made("Dynamics 365", "All Opportunities.csv", "opportunities", """
        (Do Not Modify) Opportunity | uuid | opportunity_id
        (Do Not Modify) Row Checksum | url |
        Topic | title | name
        Potential Customer | company | customer_id | customers.name
        Est. close date | us | expected_close_at
        Est. revenue | money | amount
        Probability | percent | probability
        Rating | Hot, Warm, Cold | quality_rating
        Owner | rep | owner_employee_id
        Status | Open, Won, Lost | outcome
        Actual Close Date | us | closed_at
        Created On | us | created_at
        Pipeline Phase | 1-Qualify, 2-Develop, 3-Propose, 4-Close | stage
    """),
    made("SugarCRM", "Accounts.csv", "customers", """
        ID | uuid | customer_id
        Name | company | name
        Date Created | us | created_at
        Assigned to | rep | owner_employee_id
        Industry | Retail, Banking | industry
        Annual Revenue | big | annual_revenue
        Employees | count | employee_count
        Office Phone | phone | phone
        Billing City | city | city
        Billing Country | country | country
        Billing Postal Code | zip | postal_code
        Website | url |
        Description | note |
    """),
    made("Magento", "orders_export.csv", "orders", """
        ID | long | order_id
        Purchase Point | Main Website | channel |
        Purchase Date | time | ordered_at
        Bill-to Name | person | customers.name | customer_id
        Ship-to Name | person |
        Grand Total (Base) | money | amount |
        Grand Total (Purchased) | money | amount |
        Status | processing, complete, canceled, pending | status
        Customer Email | email | customers.email | customer_id
        Shipping and Handling | small | shipping_amount
        Payment Method | checkmo, paypal |
    """),
    made("PrestaShop", "order.csv", "orders", """
        ID | id | order_id
        Reference | code | |order_id
        New client | yes |
        Customer | person | customer_id | customers.name
        Total | money | amount
        Payment | PayPal, Bank wire |
        Status | Payment accepted, Delivered, Canceled | status
        Date | time | ordered_at
    """),
    made("Stripe", "payments.csv", "payments", """
        id | uuid | payment_id
        Created date (UTC) | time | paid_at
        Amount | money | amount
        Currency | currency | currency
        Description | note |
        Customer ID | few | customer_id
        Customer Email | few email | customers.email
        Invoice ID | code | invoice_id
        Status | Paid, Failed |
        Fee | small |
    """),
    made("QuickBooks", "Invoice List.csv", "invoices", """
        Invoice No. | code | invoice_id
        Customer | company | customer_id | customers.name
        Invoice Date | us | issued_at
        Due Date | us | due_at
        Total | money | amount
        Balance | small |
        Status | Paid, Overdue, Open | status
    """),
    made("1C", "Реализация.csv", "order_lines", """
        Номер документа | third | order_id
        Дата документа | dots | orders.ordered_at
        Контрагент | ooo | orders.customer_id | customers.name
        Номенклатура | product | product_id | products.name
        Количество | count | quantity
        Цена | comma | unit_price
        Сумма | comma | line_amount
        Менеджер | ru rep | orders.owner_employee_id
        Склад | Основной, Розница |
    """, ";"),
    made("Mailchimp", "email_activity.csv", "email_events", """
        Email Address | few email | contact_email
        Campaign Id | few | campaign_id
        Action | open, click, bounce, sent | event_type
        Timestamp | time | occurred_at
        IP | 10.0.0.1, 10.0.0.2 |
        URL | url |
    """),
    made("Typeform", "nps survey responses.csv", "surveys", """
        # | uuid | survey_id
        How likely are you to recommend us to a friend? | 0, 3, 5, 7, 8, 9, 10 | score
        What is the main reason for your score? | note | comment
        Start Date (UTC) | time |
        Submit Date (UTC) | later | responded_at
        Network ID | url |
    """),
    made("Aircall", "calls.csv", "calls", """
        call id | long | call_id
        line | Sales line, Support line | team |
        direction | inbound, outbound | direction
        started at | time | dialled_at
        answered at | later | answered_at
        ended at | later | ended_at
        duration (in seconds) | minutes | handle_seconds |
        user | rep | employee_id
        from | phone |
        to | phone |
        tags | a, b |
        recording | url | recording_ref
    """),
    made("Jira Service Management", "jira.csv", "tickets", """
        Issue key | code | ticket_id
        Issue id | long | |ticket_id
        Summary | sentence | subject
        Issue Type | Service Request, Incident | ticket_type | category
        Status | Waiting for customer, In Progress, Resolved | status
        Priority | Highest, Medium, Low | priority
        Assignee | rep | agent_employee_id
        Reporter | person | customer_id | contact_id
        Created | time | opened_at
        Updated | later |
        Resolved | later | resolved_at
        Due date | date | resolution_due_at
    """),
    made("WooCommerce", "woo-orders.csv", "order_lines", """
        Order Number | third | order_id
        Order Status | completed, processing, cancelled | orders.status
        Order Date | time | orders.ordered_at
        Customer Note | note |
        First Name (Billing) | first | customers.name |
        Email (Billing) | few email | customers.email
        City (Billing) | city | customers.city
        Payment Method Title | Cash, Card |
        Cart Discount Amount | small | orders.discount_amount |
        Order Shipping Amount | small | orders.shipping_amount
        Order Total Amount | money | orders.amount
        SKU | sku | product_id
        Item Name | product | products.name
        Quantity | count | quantity
        Item Cost | small | unit_price |order_lines.unit_cost
    """),
    made("Google Ads", "Campaign report.csv", "campaign_costs", """
        Day | date | incurred_at
        Campaign | Brand, Search, Video | campaign_id | campaigns.name
        Currency code | currency | currency
        Cost | money | amount
        Clicks | minutes |
        Impressions | big |
    """),
    made("Calendly", "events-export.csv", "activities", """
        Event Type Name | Intro call, Demo | activity_type |
        Invitee Name | person | contact_id | contacts.name | customer_id | customers.name |
        Invitee Email | email | contacts.email | customers.email |
        Start Date & Time | time | occurred_at
        End Date & Time | later | completed_at |
        Event Created Date & Time | time |
        User Name | rep | employee_id
        Canceled | flag | |status
    """),
    made("BambooHR", "employees.csv", "employees", """
        Employee # | id | employee_id
        First Name | first | name
        Last Name | last | name
        Work Email | email | email
        Job Title | Account Executive, SDR, Support Agent | job_title |role
        Department | Sales, Support | team
        Location | Kyiv, Lviv | region |
        Reporting to | rep | manager_id
        Hire Date | date | hired_at
        Date of Birth | us |
    """),
    made("Chargebee", "subscriptions.csv", "contracts", """
        Subscription Id | code | contract_id
        Customer Id | few | customer_id
        Plan Id | Basic, Pro | product_id |
        Status | active, cancelled, non_renewing | status
        Started At | time | started_at
        Current Term End | later | ends_at |
        Cancelled At | later | cancelled_at
        MRR | money | amount
        Currency Code | currency | currency
    """),
    made("KeyCRM", "Замовлення.csv", "orders", """
        № замовлення | id | order_id
        Дата створення | dots time | ordered_at
        Статус | Новий, Виконано, Скасовано | status
        Джерело | Instagram, Сайт, Prom | channel |
        Покупець | uk rep | customer_id | customers.name
        Телефон покупця | phone | customers.phone
        Менеджер | uk rep | owner_employee_id
        Сума замовлення | comma | amount
        Знижка | small | discount_amount
        Коментар менеджера | note |
    """, ";"),
    made("Ukrainian helpdesk", "звернення.csv", "tickets", """
        Номер звернення | id | ticket_id
        Тема | sentence | subject | category
        Клієнт | org | customer_id | customers.name
        Статус | Новий, В роботі, Вирішено, Закрито | status
        Пріоритет | Низький, Середній, Високий | priority
        Виконавець | uk rep | agent_employee_id
        Дата створення | dots time | opened_at
        Дата вирішення | dots time | resolved_at
        Канал | Пошта, Чат | channel
    """, ";"),
    made("Megaplan", "Сделки.csv", "opportunities", """
        Номер сделки | id | opportunity_id
        Название | title | name
        Клиент | ooo | customer_id | customers.name
        Этап | Первичный контакт, Переговоры, Успешно реализовано, Отказ | stage
        Ответственный | ru rep | owner_employee_id
        Сумма | comma | amount
        Дата создания | dots | created_at
        Дата закрытия | dots | closed_at
        Причина отказа | Дорого, Передумали | lost_reason
    """, ";"),
    made("Russian call tracking", "звонки.csv", "calls", """
        ID звонка | long | call_id
        Дата звонка | dots time | dialled_at
        Направление | входящий, исходящий | direction
        Длительность (сек) | minutes | handle_seconds
        Время ожидания (сек) | minutes | wait_seconds
        Менеджер | ru rep | employee_id
        Телефон клиента | phone | customers.phone |
    """, ";"),
    made("Persian CRM", "فرصت ها.csv", "opportunities", """
        شناسه فرصت | id | opportunity_id
        عنوان | title | name
        مشتری | شرکت | customer_id | customers.name
        مرحله | جدید, مذاکره, موفق, ناموفق | stage
        مبلغ (ریال) | big | amount
        احتمال موفقیت | percent | probability
        کارشناس فروش | fa rep | owner_employee_id
        تاریخ ایجاد | jalali | created_at
        تاریخ بستن | jalali | closed_at
        منبع | تبلیغات, معرفی | source_channel
    """),
    made("Persian helpdesk", "تیکت ها.csv", "tickets", """
        شماره تیکت | id | ticket_id
        موضوع | sentence | subject | category
        مشتری | fa rep | customer_id | customers.name
        وضعیت | باز, در حال بررسی, بسته | status
        اولویت | کم, متوسط, زیاد | priority
        کارشناس پشتیبانی | fa rep | agent_employee_id
        تاریخ ثبت | jalali | opened_at
        تاریخ بستن | jalali | closed_at
        امتیاز رضایت | 1, 2, 3, 4, 5 | surveys.score
    """),
    made("Persian customers", "مشتریان.csv", "customers", """
        کد مشتری | id | customer_id
        نام | first | name
        نام خانوادگی | last | name
        شماره موبایل | phone | phone
        ایمیل | email | email
        استان | تهران, اصفهان | region
        شهر | تهران, کاشان | city
        تاریخ ثبت نام | jalali | created_at
        نحوه آشنایی | اینستاگرام, دوستان | source_channel
        جنسیت | زن, مرد | gender
    """),
)  # fmt: skip
