CREATE TABLE message (at timestamp, body text) PARTITION BY RANGE (at);
CREATE TABLE message_2024 PARTITION OF message FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
