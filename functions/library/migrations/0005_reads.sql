-- When lists were last ordered anew by how often books are read.
CREATE TABLE reads_taken (at timestamptz NOT NULL);
INSERT INTO reads_taken (at) VALUES ('epoch');
