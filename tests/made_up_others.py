"""Made-up exports of systems with Ukrainian, Russian and Persian headers (see made_up.py)."""

from __future__ import annotations

from tests.made_up import made

OTHERS = (
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
