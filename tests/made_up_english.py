"""Made-up exports of systems with English headers (see made_up.py)."""

from __future__ import annotations

from tests.made_up import made

ENGLISH = (
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
)  # fmt: skip
