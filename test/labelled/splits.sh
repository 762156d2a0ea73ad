# Which coded groups calibrate, and which are untouched until the end; all
# others train.
calibrate=tilburg
untouched=gent
