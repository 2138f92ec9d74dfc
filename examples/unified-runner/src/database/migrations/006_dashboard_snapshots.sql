CREATE TABLE dashboard_snapshots (id SERIAL PRIMARY KEY, taken_on DATE NOT NULL UNIQUE, figures JSONB NOT NULL);
