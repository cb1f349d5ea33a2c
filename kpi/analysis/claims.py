"""What customers owe: invoices with the payments that belong to them, as common table expressions.

A payment belongs to its invoice; one without an invoice belongs to its order. The invoices of an order with such
payments are one claim, any other invoice is a claim of its own. What a claim is owed at a time is what it was billed
before then less what was paid before then, never below zero.
"""

from __future__ import annotations

from kpi.analysis.tables import counted

# bills: an invoice that is not void, with its claim; owner and customer from the order where the invoice has none.
# paid: a payment with its claim, null where nothing bills it.
CLAIMS = f"""
loose as (select distinct order_id from payments where invoice_id is null and order_id is not null),
bills as (
  select case when l.order_id is null then 'i' || i.invoice_id else 'o' || i.order_id end as claim,
         i.* replace (coalesce(i.customer_id, o.customer_id) as customer_id,
                      coalesce(i.owner_employee_id, o.owner_employee_id) as owner_employee_id)
  from {counted("invoices")} i left join orders o on o.order_id = i.order_id left join loose l on l.order_id = i.order_id
),
paid as (
  select coalesce(b.claim, o.claim) as claim, y.payment_id, y.paid_at, y.amount
  from payments y left join bills b on b.invoice_id = y.invoice_id
  left join (select distinct claim from bills) o on y.invoice_id is null and o.claim = 'o' || y.order_id
)"""
