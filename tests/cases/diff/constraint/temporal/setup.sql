-- since: 18
CREATE EXTENSION btree_gist;
