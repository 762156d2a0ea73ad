# Which coded groups calibrate, and which were kept from everybody who made the
# model: only those are evaluated. All others train, together with the synthetic
# study (fragments written by hand).
calibrate=almere,hoogvliet,kempen,mechelen,tilburg
untouched=betuwe,denhaag,groningen,noord,vinexdelft,zeeland
