-- accept-rename: event=happening
-- forbidden: DROP
-- forbidden: CREATE
CREATE TABLE event (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE event_1 PARTITION OF event FOR VALUES FROM (1) TO (10);
