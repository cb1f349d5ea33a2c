"""Exports as the CRMs of our readers write them: made-up rows under the headers of real ones, and what they mean.

Each: file name, delimiter, encoding, {header: (value of row i, table.field it must be mapped to, "" for none)}.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.intake_files import write_csv

N = 60
Cell = Callable[[int], object]


def pick(*values: object) -> Cell:
    return lambda i: values[i % len(values)]


def text(form: str) -> Cell:
    return lambda i: form.format(i=i, d=1 + i % 28, m=1 + i % 12, seven=i % 7)


DAY = text("2024-{m:02d}-{d:02d}")
DOTTED = text("{d:02d}.{m:02d}.2024")


@dataclass(frozen=True)
class Export:
    """One export. columns: header → (cell, table.field)."""

    file: str
    table: str
    columns: dict[str, tuple[Cell, str]]
    delimiter: str = ","
    encoding: str = "utf-8"

    def write(self, folder: Path) -> Path:
        """The file with its rows."""
        rows = [[cell(i) for cell, _ in self.columns.values()] for i in range(N)]
        path = write_csv(folder / self.file, list(self.columns), rows, self.delimiter)
        if self.encoding != "utf-8":
            path.write_bytes(path.read_text("utf-8").encode(self.encoding))
        return path


DEAL = "opportunities."
EXPORTS = [
    Export("hubspot-crm-exports-all-deals-2024-05-01.csv", "opportunities", {
        "Record ID": (text("1000{i}"), DEAL + "opportunity_id"),
        "Deal Name": (text("Deal {i}"), DEAL + "name"),
        "Amount": (text("{i}00.50"), DEAL + "amount"),
        "Deal Stage": (pick("qualifiedtobuy", "contractsent", "closedwon", "closedlost"), DEAL + "stage"),
        "Close Date": (text("2024-{m:02d}-{d:02d} 10:00"), DEAL + "closed_at"),
        "Deal Owner": (pick("Ann Lee", "Bo Ray"), DEAL + "owner_employee_id"),
        "Company Name": (text("Acme {seven} Ltd"), DEAL + "customer_id"),
        "Pipeline": (pick("Sales Pipeline"), DEAL + "pipeline"),
        "Create Date": (text("2024-{m:02d}-{d:02d} 09:00"), DEAL + "created_at"),
        "Next step": (pick("call", ""), ""),
    }),
    Export("Opportunity.csv", "opportunities", {
        "Id": (text("006{i:012d}AAA"), DEAL + "opportunity_id"),
        "AccountId": (text("001{seven:012d}AAA"), DEAL + "customer_id"),
        "Name": (text("Opp {i}"), DEAL + "name"),
        "StageName": (pick("Prospecting", "Proposal/Price Quote", "Closed Won", "Closed Lost"), DEAL + "stage"),
        "Amount": (text("{i}000"), DEAL + "amount"),
        "Probability": (pick(10, 75, 100, 0), DEAL + "probability"),
        "CloseDate": (DAY, DEAL + "closed_at"),
        "LeadSource": (pick("Web", "Partner"), DEAL + "source_channel"),
        "OwnerId": (text("005{seven:012d}AAA"), DEAL + "owner_employee_id"),
        "CreatedDate": (text("2024-{m:02d}-{d:02d}T10:00:00.000Z"), DEAL + "created_at"),
        "ForecastCategory": (pick("Pipeline", "Closed"), ""),
    }),
    Export("deals-4711.csv", "opportunities", {
        "Deal - Title": (text("Угода {i}"), DEAL + "name"),
        "Deal - Value": (text("{d} 234,56"), DEAL + "amount"),
        "Deal - Organization": (text("Org {seven}"), DEAL + "customer_id"),
        "Deal - Contact person": (text("Person {seven}"), DEAL + "contact_id"),
        "Deal - Owner": (pick("Olha Koval", "Petro Bondar"), DEAL + "owner_employee_id"),
        "Deal - Stage": (pick("Qualified", "Proposal Made", "Negotiations"), DEAL + "stage"),
        "Deal - Expected close date": (DOTTED, DEAL + "expected_close_at"),
        "Deal - Currency of value": (pick("EUR"), DEAL + "currency"),
        "Deal - Creation date": (text("{d:02d}.{m:02d}.2024 10:05"), DEAL + "created_at"),
        "Deal - Closed on": (lambda i: DOTTED(i) if i % 3 else "", DEAL + "closed_at"),
        "Deal - Lost reason": (pick("", "price"), DEAL + "lost_reason"),
        "Deal - Status": (pick("Open", "Won", "Lost"), DEAL + "outcome"),
        "Deal - Pipedrive System ID": (text("{i}"), DEAL + "opportunity_id"),
    }, ";"),
    Export("DEAL_20240501.csv", "opportunities", {
        "ID": (text("{i}"), DEAL + "opportunity_id"),
        "Название сделки": (text("Сделка {i}"), DEAL + "name"),
        "Стадия сделки": (pick("Новая", "В работе", "Сделка успешна", "Сделка провалена"), DEAL + "stage"),
        "Сумма": (text("{d}000,50"), DEAL + "amount"),
        "Валюта": (pick("UAH"), DEAL + "currency"),
        "Вероятность": (pick(10, 50, 100, 0), DEAL + "probability"),
        "Компания": (text("ООО Ромашка {seven}"), DEAL + "customer_id"),
        "Контакт": (text("Иван {seven}"), DEAL + "contact_id"),
        "Ответственный": (pick("Анна Белова", "Пётр Чёрный"), DEAL + "owner_employee_id"),
        "Предполагаемая дата закрытия": (DOTTED, DEAL + "expected_close_at"),
        "Дата создания": (text("{d:02d}.{m:02d}.2024 10:00:00"), DEAL + "created_at"),
        "Сделка закрыта": (pick("Нет", "Да"), ""),
    }, ";", "cp1251"),
    Export("угоди.csv", "opportunities", {
        "ID": (text("{i}"), DEAL + "opportunity_id"),
        "Назва": (text("Угода {i}"), DEAL + "name"),
        "Стадія угоди": (pick("Нова", "У роботі", "Угода успішна", "Угода провалена"), DEAL + "stage"),
        "Сума": (text("{d}000,50"), DEAL + "amount"),
        "Імовірність": (pick(10, 50, 100, 0), DEAL + "probability"),
        "Компанія": (text("ТОВ Ромашка {seven}"), DEAL + "customer_id"),
        "Товар": (pick("Вікно", "Двері"), DEAL + "product_id"),
        "Відповідальний": (pick("Ганна Біла", "Петро Чорний"), DEAL + "owner_employee_id"),
        "Орієнтовна дата закриття": (DOTTED, DEAL + "expected_close_at"),
        "Дата створення": (text("{d:02d}.{m:02d}.2024 10:00:00"), DEAL + "created_at"),
        "Джерело": (pick("Сайт", "Реклама"), DEAL + "source_channel"),
    }, ";"),
    Export("amocrm_export_leads_2024.csv", "opportunities", {
        "ID": (text("{i}"), DEAL + "opportunity_id"),
        "Название сделки": (text("Сделка {i}"), DEAL + "name"),
        "Бюджет": (text("{i}000"), DEAL + "amount"),
        "Ответственный": (pick("Анна", "Пётр"), DEAL + "owner_employee_id"),
        "Дата создания сделки": (text("{d:02d}.{m:02d}.2024 10:00:00"), DEAL + "created_at"),
        "Дата закрытия": (lambda i: DOTTED(i) + " 12:00:00" if i % 3 else "не закрыта", DEAL + "closed_at"),
        "Этап сделки": (pick("Первичный контакт", "Переговоры", "Успешно реализовано"), DEAL + "stage"),
        "Воронка": (pick("Воронка"), DEAL + "pipeline"),
        "Полное имя контакта": (text("Иван {seven}"), "contacts.name"),
        "Компания": (text("ООО {seven}"), DEAL + "customer_id"),
        "Теги": (pick("a", "b"), ""),
    }),
    Export("crm.lead.csv", "opportunities", {
        "External ID": (text("__export__.crm_lead_{i}"), DEAL + "opportunity_id"),
        "Opportunity": (text("Opp {i}"), DEAL + "name"),
        "Customer": (text("Cust {seven}"), DEAL + "customer_id"),
        "Salesperson": (pick("Mitchell Admin", "Marc Demo"), DEAL + "owner_employee_id"),
        "Expected Revenue": (text("{i}00"), DEAL + "amount"),
        "Stage": (pick("New", "Qualified", "Proposition", "Won"), DEAL + "stage"),
        "Probability": (pick(10, 25, 50, 100), DEAL + "probability"),
        "Created on": (text("2024-{m:02d}-{d:02d} 10:00:00"), DEAL + "created_at"),
        "Closed Date": (lambda i: DAY(i) if i % 4 == 3 else "", DEAL + "closed_at"),
        "Expected Closing": (DAY, DEAL + "expected_close_at"),
        "Source": (pick("Website", "Fair"), DEAL + "source_channel"),
    }),
    Export("tickets-export.csv", "tickets", {
        "Summation column": (pick(1), ""),
        "Id": (text("5{i}"), "tickets.ticket_id"),
        "Requester": (text("Jo {seven}"), "customers.name"),
        "Requester id": (text("70{seven}"), "tickets.customer_id"),
        "Assignee": (pick("Ann", "Bo"), "tickets.agent_employee_id"),
        "Group": (pick("Support", "Billing"), "tickets.team"),
        "Subject": (text("Help {i}"), "tickets.subject"),
        "Status": (pick("Open", "Solved", "Closed", "Pending"), "tickets.status"),
        "Priority": (pick("Low", "Normal", "High", "Urgent"), "tickets.priority"),
        "Via": (pick("Web", "Mail"), "tickets.channel"),
        "Created at": (text("2024-{m:02d}-{d:02d} 10:00"), "tickets.opened_at"),
        "Solved at": (lambda i: DAY(i) + " 15:00" if i % 4 in (1, 2) else "", "tickets.resolved_at"),
        "Resolution time": (pick("", 5, 5, ""), ""),
        "Reopens": (pick(0, 1, 2), "tickets.reopened"),
        "First reply time in minutes": (text("{d}"), "tickets.first_response_minutes"),
        "Full resolution time in minutes": (pick("", 300, 310, ""), "tickets.resolution_minutes"),
    }),
    Export("orders_export_1.csv", "order_lines", {
        "Name": (lambda i: f"#{1001 + i // 2}", "order_lines.order_id"),
        "Email": (lambda i: f"c{i // 2 % 7}@x.com", "customers.email"),
        "Financial Status": (lambda i: "" if i % 2 else "paid", "orders.status"),
        "Currency": (lambda i: "" if i % 2 else "EUR", "orders.currency"),
        "Subtotal": (lambda i: "" if i % 2 else 30 + i, "orders.amount"),
        "Shipping": (lambda i: "" if i % 2 else 5, "orders.shipping_amount"),
        "Total": (lambda i: "" if i % 2 else 37 + i, ""),
        "Created at": (lambda i: "" if i % 2 else DAY(i) + " 09:00:00 +0200", "orders.ordered_at"),
        "Lineitem quantity": (pick(1, 2, 3), "order_lines.quantity"),
        "Lineitem name": (pick("Shirt", "Shoe"), "products.name"),
        "Lineitem price": (pick(10, 11), "order_lines.unit_price"),
        "Lineitem sku": (pick("SKU1", "SKU2"), "order_lines.product_id"),
        "Id": (lambda i: "" if i % 2 else 900000 + i, ""),
    }),
    Export("سفارش‌ها.csv", "orders", {
        "شماره سفارش": (text("1{i:03d}"), "orders.order_id"),
        "تاریخ سفارش": (text("1403/{m:02d}/{d:02d}"), "orders.ordered_at"),
        "مشتری": (text("علی {seven}"), "orders.customer_id"),
        "مالیات (تومان)": (pick("۱۰٬۰۰۰", "۲۰٬۰۰۰"), "orders.tax_amount"),
        "هزینه ارسال (تومان)": (pick("۲۵٬۰۰۰", "۳۰٬۰۰۰"), "orders.shipping_amount"),
        "مجموع پرداختی (تومان)": (pick("۱٬۲۵۰٬۰۰۰", "۹۹۰٬۰۰۰"), "orders.amount"),
        "وضعیت": (pick("تکمیل شده", "لغو شده", "در حال انجام"), "orders.status"),
    }),
    Export("каса.csv", "order_lines", {
        "Номер": (lambda i: 1 + i // 2, "order_lines.order_id"),
        "Час": (text("{d:02d}.09.2026 09:12"), "orders.ordered_at"),
        "Позиція": (pick("Кава мала", "Кава велика", "Чай"), "order_lines.product_id"),
        "Категорія": (pick("Напої"), "products.category"),
        "Кількість": (pick(1, 2, 3), "order_lines.quantity"),
        "Ціна": (pick("50,00", "55,50"), "order_lines.unit_price"),
        "Сума": (lambda i: f"{(i % 3 + 1) * (50, 55.5)[i % 2]:.2f}".replace(".", ","), "order_lines.line_amount"),
    }, ";"),
    Export("клієнти.csv", "customers", {
        "ID": (text("{i}"), "customers.customer_id"),
        "ПІБ": (text("Іван {i}"), "customers.name"),
        "Телефон": (text("+3805011122{i:02d}"), "customers.phone"),
        "Email": (text("a{i}@b.com"), "customers.email"),
        "Активний": (pick("Так", "Ні"), "customers.status"),
        "Дата створення": (DAY, "customers.created_at"),
        "Дата оновлення": (DAY, ""),
    }, ";"),
    Export("survey responses.csv", "surveys", {
        "How likely are you to recommend us to a friend or colleague?": (lambda i: i % 11, "surveys.score"),
        "Email": (text("a{i}@b.com"), "surveys.customer_id"),
        "Submitted at": (text("{m}/{d}/2024 3:05 PM"), "surveys.responded_at"),
        "Why?": (pick("good", "bad"), ""),
    }),
    Export("leads.csv", "leads", {
        "Lead ID": (text("L{i}"), "leads.lead_id"),
        "Full Name": (text("N {i}"), "leads.name"),
        "Company": (text("C {i}"), "leads.company"),
        "Email": (text("n{i}@x.com"), "leads.email"),
        "Source": (pick("Web", "Ads"), "leads.source_channel"),
        "Status": (pick("New", "Contacted", "Qualified", "Converted"), "leads.status"),
        "Created": (DAY, "leads.created_at"),
        "Owner": (pick("Ann", "Bo"), "leads.owner_employee_id"),
        "Converted Date": (lambda i: DAY(i) if i % 4 == 3 else "", "leads.converted_at"),
    }),
    Export("invoices.csv", "invoices", {
        "Invoice No": (text("INV-{i}"), "invoices.invoice_id"),
        "Customer": (text("Cust {seven}"), "invoices.customer_id"),
        "Invoice Date": (DAY, "invoices.issued_at"),
        "Due Date": (DAY, "invoices.due_at"),
        "Amount": (text("1{i}"), "invoices.amount"),
        "Status": (pick("Paid", "Overdue", "Partially paid"), "invoices.status"),
    }),
]  # fmt: skip
