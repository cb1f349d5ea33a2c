-- The same 27 KPIs by hand: the fastest SQL we could write for them by month, over the same derived tables.
-- A state (who is a customer at a day) is counted from one histogram of beginnings and ends, a window of twelve months
-- is added up from months. $first: the first month of the board; $now: the day after the last known day.
with m as (  -- the months of the board, and the twelve before, which its windows reach back to
  select since, cast(since + interval 1 month as timestamp) as until
  from (select unnest(range($first - interval 12 month, $first + interval 24 month, interval 1 month)) as since)
),
p as materialized (
  select o.order_id, o.customer_id, o.ordered_at, date_trunc('month', o.ordered_at) as since, o.amount, c.first_order_at,
         c.churned_at, row_number() over w as nth, lag(o.ordered_at) over w as earlier_at, lead(o.ordered_at) over w as next_at
  from orders o join customers c on c.customer_id = o.customer_id
  where coalesce(o.status, '') <> 'cancelled' and o.cancelled_at is null
  window w as (partition by o.customer_id order by o.ordered_at, o.order_id)
),
flows as (
  select since, count(*) as orders, sum(amount) as revenue, sum(amount) filter (where nth = 1) as new_revenue,
         count(*) filter (where nth > 1) as repeats,
         sum(amount) filter (where first_order_at >= since) as of_new, sum(amount) filter (where first_order_at < since) as of_old,
         count(*) filter (where nth = 1) as firsts,
         count(*) filter (where nth = 1 and ordered_at <= $now - interval 365 day) as ripe,
         count(*) filter (where nth = 1 and ordered_at <= $now - interval 365 day and next_at <= ordered_at + interval 365 day) as again
  from p group by 1
),
spans as (
  select date_trunc('month', first_order_at) as s, date_trunc('month', churned_at) as c, count(*) as n
  from customers where first_order_at is not null group by 1, 2
),
stocks as (
  select m.since,
         sum(n) filter (where s < m.since and (c is null or c >= m.since)) as at_start,
         sum(n) filter (where c is null or c > m.since) as at_end,
         coalesce(sum(n) filter (where s < m.since and (c is null or c > m.since)), 0) as kept,
         coalesce(sum(n) filter (where s < m.since and c = m.since), 0) as lost,
         sum(n) filter (where c is null or c >= m.since) as active,
         coalesce(sum(n) filter (where s < m.until - interval 12 month and c >= m.until - interval 12 month and c <= m.since), 0) as lost_12,
         sum(n) filter (where s < m.until - interval 12 month and (c is null or c >= m.until - interval 12 month)) as at_start_12,
         sum(n) filter (where c is null or c >= m.until - interval 12 month) as active_12
  from m join spans on s <= m.since group by 1
),
loyal as (
  select m.since, count(distinct p.customer_id) as loyal
  from m join p on p.ordered_at < m.until and p.earlier_at >= m.until - interval 12 month and (p.churned_at is null or p.churned_at >= m.until)
  where m.since >= $first group by 1
),
lines as (
  select p.since,
         sum(l.line_amount - l.quantity * l.unit_cost) filter (where l.unit_cost is not null) as margin,
         sum(l.line_amount) filter (where l.unit_cost is not null) as costed,
         sum(l.line_amount) filter (where l.unit_cost is not null and l.line_amount - l.quantity * l.unit_cost >= coalesce(t.target_margin, 0.2) * l.line_amount) as profitable,
         count(distinct case when l.sale_type = 'cross_sell' and p.first_order_at < p.since and (p.churned_at is null or p.churned_at >= p.since) then p.customer_id end) as cross_buyers,
         count(distinct case when l.sale_type = 'up_sell' and p.first_order_at < p.since and (p.churned_at is null or p.churned_at >= p.since) then p.customer_id end) as up_buyers,
         sum(l.line_amount) filter (where l.sale_type in ('up_sell', 'cross_sell') and p.nth > 1) as ancillary
  from order_lines l join p on p.order_id = l.order_id left join products t on t.product_id = l.product_id
  where p.ordered_at >= $first - interval 12 month group by 1
),
records as (
  select since, sum(n) as n, sum(good) as good from (
    select date_trunc('month', created_at) as since, count(*) as n,
           count(*) filter (where not _stub and (email is null or regexp_matches(email, '^[^@\s]+@[^@\s]+\.[^@\s]+$'))
             and (phone is null or length(regexp_replace(phone, '[^0-9]', '', 'g')) between 5 and 15)
             and (created_at is null or created_at < $now) and (created_at is null or churned_at is null or churned_at >= created_at)) as good
    from customers group by 1
    union all
    select date_trunc('month', ordered_at), count(*),
           count(*) filter (where (amount is null or amount >= 0) and ordered_at < $now and (cancelled_at is null or cancelled_at >= ordered_at))
    from orders group by 1
  ) group by 1
),
checked as (
  select m.since, sum(r.good) / sum(r.n) as data_accuracy
  from m join records r on r.since is null or r.since <= m.since group by 1
),
board as (
  select m.since, m.until, f.*, s.*, g.*, coalesce(l.loyal, 0) as loyal, k.data_accuracy,
         sum(f.revenue) over year as revenue_12, sum(f.orders) over year as orders_12,
         sum(g.margin) over year as margin_12, sum(g.costed) over year as costed_12, lag(g.ancillary) over (order by m.since) as ancillary_before
  from m left join flows f using (since) left join stocks s using (since) left join loyal l using (since)
  left join lines g using (since) left join checked k using (since)
  window year as (order by m.since rows between 11 preceding and current row)
),
values_of as (
  select *, revenue_12 / orders_12 * orders_12 / active_12 * 1 / nullif(lost_12 / at_start_12, 0) as clv from board where since >= $first
)
select since, data_accuracy, repeats as repeat_purchases,
       repeats / active * 365.25 / date_diff('day', since, until) as repeat_purchase_frequency,
       again / nullif(ripe, 0) as one_time_to_repeat_rate, of_new as new_customer_revenue, of_old as repeat_customer_revenue,
       clv, clv * margin_12 / costed_12 as clv_margin, margin / active as customer_profit,
       revenue / active as average_revenue_per_customer, lost / nullif(at_start, 0) as churn_rate,
       (at_start - at_end) / nullif(at_start, 0) as net_customer_change, kept / nullif(at_start, 0) as retention_rate,
       loyal / nullif(at_end, 0) as customer_loyalty, cross_buyers / nullif(at_start, 0) as cross_sell_rate,
       up_buyers / nullif(at_start, 0) as up_sell_rate, ancillary as ancillary_revenue,
       ancillary / nullif(ancillary_before, 0) as ancillary_revenue_ratio, revenue as total_revenue, revenue as net_sales,
       margin / nullif(costed, 0) as product_margin, profitable / nullif(costed, 0) as profitable_sales_share,
       revenue / nullif(orders, 0) as average_order_value, orders as sales_count, new_revenue, firsts as new_customers,
       kept as retained_customers
from values_of order by 1
