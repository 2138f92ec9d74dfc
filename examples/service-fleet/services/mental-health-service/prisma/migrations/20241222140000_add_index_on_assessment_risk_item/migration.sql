-- Any answer but "not at all" to the ninth item of PHQ-9 is followed up on the same day, whatever the total says.
CREATE INDEX "Assessment_completedAt_idx" ON "Assessment"("completedAt")
    WHERE "type" = 'phq9' AND "itemScores"[9] > 0;
