CREATE TYPE level AS ENUM ('b', 'e');
