CREATE TABLE cpt_codes (code TEXT PRIMARY KEY, description TEXT NOT NULL, is_active BOOLEAN NOT NULL DEFAULT true);
CREATE TABLE icd_codes (code TEXT PRIMARY KEY, description TEXT NOT NULL);
CREATE TABLE payers (id SERIAL PRIMARY KEY, payer_code TEXT NOT NULL UNIQUE, name TEXT NOT NULL);
CREATE TABLE fee_schedules (
    payer_id INTEGER NOT NULL REFERENCES payers (id),
    cpt_code TEXT NOT NULL REFERENCES cpt_codes (code),
    amount NUMERIC(10, 2) NOT NULL CHECK (amount >= 0),
    PRIMARY KEY (payer_id, cpt_code)
);
CREATE TABLE invoices (id SERIAL PRIMARY KEY, payer_id INTEGER REFERENCES payers (id), total NUMERIC(10, 2) NOT NULL);
