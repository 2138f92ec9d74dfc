DROP TABLE invoices;
DROP TABLE fee_schedules;
DROP TABLE payers;
DROP TABLE icd_codes;
DROP TABLE cpt_codes;
