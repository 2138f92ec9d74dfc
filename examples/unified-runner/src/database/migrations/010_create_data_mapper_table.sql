CREATE TABLE data_mappers (id SERIAL PRIMARY KEY, integration_id INTEGER NOT NULL REFERENCES integrations (id), mapping JSONB NOT NULL);
