CREATE TABLE event (id int, happened date NOT NULL, PRIMARY KEY (id, happened)) PARTITION BY RANGE (happened);
CREATE TABLE event_1 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX ON event (happened);
