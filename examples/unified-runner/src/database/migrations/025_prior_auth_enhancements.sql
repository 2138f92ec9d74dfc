CREATE TABLE prior_authorizations (id SERIAL PRIMARY KEY, payer_id INTEGER NOT NULL REFERENCES payers (id), status TEXT NOT NULL DEFAULT 'open');
