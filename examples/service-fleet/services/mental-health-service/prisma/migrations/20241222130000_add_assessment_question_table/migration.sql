-- The wording is part of what makes the instruments comparable, so it is data under version control and not in an
-- application. Both instruments may be reproduced without permission.
CREATE TABLE "AssessmentQuestion" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "type" "AssessmentType" NOT NULL,
    "position" SMALLINT NOT NULL,
    "prompt" TEXT NOT NULL,
    "isRiskItem" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "AssessmentQuestion_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "AssessmentQuestion_position_check" CHECK (
        "position" BETWEEN 1
        AND CASE "type" WHEN 'phq9' THEN 9 ELSE 7 END
    )
);
CREATE UNIQUE INDEX "AssessmentQuestion_type_position_key" ON "AssessmentQuestion"("type", "position");

CREATE TRIGGER "AssessmentQuestion_updatedAt" BEFORE UPDATE ON "AssessmentQuestion"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
