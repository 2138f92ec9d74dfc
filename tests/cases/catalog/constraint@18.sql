CREATE EXTENSION btree_gist;
CREATE TABLE price (
  product integer,
  valid daterange,
  amount numeric CONSTRAINT never CHECK (amount > 1000000) NOT ENFORCED,
  PRIMARY KEY (product, valid WITHOUT OVERLAPS),
  CONSTRAINT once UNIQUE (amount, valid WITHOUT OVERLAPS)
);
CREATE TABLE sale (
  product integer,
  valid daterange,
  FOREIGN KEY (product, PERIOD valid) REFERENCES price (product, PERIOD valid),
  plain integer,
  CONSTRAINT unchecked FOREIGN KEY (product, PERIOD valid) REFERENCES price (product, PERIOD valid) NOT ENFORCED
);
