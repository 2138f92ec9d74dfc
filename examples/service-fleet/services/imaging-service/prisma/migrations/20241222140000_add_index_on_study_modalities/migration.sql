-- A worklist query matches on what the technician typed so far, in any case.
CREATE INDEX "ImagingOrder_bodyPart_idx" ON "ImagingOrder"(lower("bodyPart") text_pattern_ops);
CREATE INDEX "Study_modalities_idx" ON "Study" USING GIN ("modalities");
