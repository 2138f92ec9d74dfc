-- Which indexes do the same, and which only seem to.
CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint, day date, note text, code text UNIQUE);

-- The same twice.
CREATE INDEX a_patient ON visit (patient_id);
CREATE INDEX b_patient ON visit (patient_id);

-- A key does it already.
CREATE INDEX a_code ON visit (code);
CREATE UNIQUE INDEX b_code ON visit (code);

-- The beginning of a longer one; with what it carries along it is not.
CREATE INDEX c_day ON visit (day, patient_id);
CREATE INDEX d_day ON visit (day);
CREATE INDEX e_day ON visit (day) INCLUDE (note);

-- Others by their order, operator class, collation, predicate, method or expression.
CREATE INDEX f_note ON visit (note);
CREATE INDEX g_note ON visit (note DESC);
CREATE INDEX h_note ON visit (note text_pattern_ops);
CREATE INDEX i_note ON visit (note COLLATE "C");
CREATE INDEX j_note ON visit (note) WHERE day IS NULL;
CREATE INDEX k_note ON visit USING hash (note);
CREATE INDEX l_note ON visit (lower(note));
CREATE INDEX m_note ON visit (lower(note), day);

-- Unique where the longer one is not: it keeps rows apart.
CREATE TABLE bed (id bigint PRIMARY KEY, house int, number int);
CREATE UNIQUE INDEX bed_house ON bed (house);
CREATE INDEX bed_house_number ON bed (house, number);

-- Partitions have what the whole has.
CREATE TABLE reading (id bigint, day date, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE reading_2026 PARTITION OF reading FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX reading_day ON reading (day);
