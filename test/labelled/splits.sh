# Which coded groups calibrate, and which are untouched until the end; all
# others train, together with the synthetic study (fragments written by hand).
calibrate=tilburg
untouched=almere,gent
