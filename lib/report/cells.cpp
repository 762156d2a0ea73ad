#include "report/cells.hpp"

#include <cmath>

namespace etherpeil::report {
namespace {

bool is_percent(const MetricDefinition& definition) {
  return definition.unit == "%";
}

/// A percentage gets decimals only where a whole number would say too little.
std::string percent_number(double percent, const Texts& texts) {
  const double size = std::abs(percent);
  if (size > 0 && size < 0.095) return texts.number(percent, 2);
  const bool fine = size < 9.95 && std::abs(size - std::round(size)) > 0.049;
  return texts.number(percent, fine ? 1 : 0);
}

/// A count; estimates of a count may have decimals.
std::string amount(double number, const Texts& texts) {
  return number == std::round(number) ? texts.number(number, 0)
                                      : texts.number(number);
}

std::string plain_number(double value, const MetricDefinition& definition,
                         const Texts& texts) {
  if (is_percent(definition)) return percent_number(value, texts);
  if (definition.estimator == Estimator::gini) return texts.number(value, 2);
  return texts.number(value);
}

/// The number with a unit that is short enough to stand beside it.
std::string with_unit(const std::string& number,
                      const MetricDefinition& definition, const Texts& texts) {
  const std::string key = "value." + definition.unit;
  if (texts.find(key, "").empty()) return number;
  return texts.fill(key, {{"n", number}});
}

std::string range_text(const std::string& low, const std::string& high,
                       const Texts& texts) {
  if (low.empty() && high.empty()) return {};
  if (high.empty()) return texts.fill("interval.from", {{"low", low}});
  if (low.empty()) return texts.fill("interval.until", {{"high", high}});
  return texts.fill("interval.both", {{"low", low}, {"high", high}});
}

/// "0,00": what is left of a small number.
bool is_nought(const std::string& text) {
  return text.find_first_of("123456789") == std::string::npos &&
         text.find('0') != std::string::npos;
}

std::string with_sign(double value, const std::string& text) {
  return value > 0 && !is_nought(text) ? '+' + text : text;
}

/// A difference of which one limit is known: "hoogstens 8 min meer".
std::string one_limit_text(double limit, bool upper,
                           const MetricDefinition& definition,
                           const Texts& texts) {
  if (limit == 0) return texts(upper ? "limit.not-more" : "limit.not-less");
  const std::string number = plain_number(std::abs(limit), definition, texts);
  // What bounds a rise from above bounds a fall from below.
  const std::string key =
      std::string{upper == (limit > 0) ? "limit.most" : "limit.least"} +
      (limit > 0 ? ".more" : ".less");
  return texts.fill(key,
                    {{"n", is_percent(definition)
                               ? texts.fill("effect.points", {{"n", number}})
                               : with_unit(number, definition, texts)}});
}

}  // namespace

std::string value_text(const Metric& metric, const MetricDefinition& definition,
                       const Texts& texts) {
  // Of a share the counts say all; "258 on 2" would hide a ratio.
  if (metric.small && definition.estimator == Estimator::share)
    return basis_text(metric, definition, texts);
  if (std::isnan(metric.value)) return texts("number.none");
  return with_unit(plain_number(metric.value, definition, texts), definition,
                   texts);
}

std::string interval_text(const Interval& interval,
                          const MetricDefinition& definition,
                          const Texts& texts) {
  const auto end = [&](double value) {
    return std::isfinite(value) ? plain_number(value, definition, texts)
                                : std::string{};
  };
  const std::string range =
      range_text(end(interval.low), end(interval.high), texts);
  return range.empty() ? range : with_unit(range, definition, texts);
}

std::string basis_text(const Metric& metric, const MetricDefinition& definition,
                       const Texts& texts) {
  const std::string top = amount(metric.numerator, texts);
  const std::string bottom = amount(metric.denominator, texts);
  switch (definition.estimator) {
    case Estimator::share:
      return texts.fill("basis.share", {{"x", top}, {"y", bottom}});
    case Estimator::ratio:
      return texts.fill("basis.ratio", {{"x", top}, {"y", bottom}});
    case Estimator::rate:
      if (definition.unit.find("member") != std::string::npos)
        return texts.fill("basis.member-days", {{"x", top}, {"y", bottom}});
      return texts.fill("basis.rate",
                        {{"x", top}, {"y", texts.count(metric.days)}});
    case Estimator::mean:
    case Estimator::median:
    case Estimator::gini:
    case Estimator::quantile:
    case Estimator::change:
    case Estimator::relative:
      return texts.fill("basis.number", {{"y", bottom}});
    case Estimator::gap:
      return texts.fill("basis.days", {{"y", texts.count(metric.days)}});
  }
  return {};
}

std::string effect_text(double effect, bool ratio,
                        const MetricDefinition& definition,
                        const Texts& texts) {
  if (std::isnan(effect)) return texts("number.none");
  if (ratio) return texts.fill("effect.ratio", {{"n", texts.number(effect)}});
  const std::string number =
      with_sign(effect, plain_number(effect, definition, texts));
  if (!is_percent(definition)) return with_unit(number, definition, texts);
  return texts.fill("effect.points", {{"n", number}});
}

bool rounds_to_none(double effect, bool ratio,
                    const MetricDefinition& definition, const Texts& texts) {
  return ratio ? texts.number(effect) == texts.number(1.0)
               : is_nought(plain_number(effect, definition, texts));
}

std::string effect_unit(bool ratio, const MetricDefinition& definition,
                        const Texts& texts) {
  if (ratio) return {};
  return is_percent(definition) ? texts("effect.unit.points")
                                : unit_text(definition, texts);
}

std::string effect_interval_text(const Interval& interval, bool ratio,
                                 const MetricDefinition& definition,
                                 const Texts& texts) {
  const bool low_open = !std::isfinite(interval.low);
  const bool high_open = !std::isfinite(interval.high);
  if (!ratio && low_open != high_open) {
    return one_limit_text(low_open ? interval.high : interval.low, low_open,
                          definition, texts);
  }
  const auto end = [&](double value) -> std::string {
    if (!std::isfinite(value)) return {};
    if (ratio) return texts.number(value);
    return with_sign(value, plain_number(value, definition, texts));
  };
  return range_text(end(interval.low), end(interval.high), texts);
}

std::string unit_text(const MetricDefinition& definition, const Texts& texts) {
  return texts.find("unit." + definition.unit, definition.unit);
}

std::string full_unit_text(const MetricDefinition& definition,
                           const Texts& texts) {
  const std::string unit = unit_text(definition, texts);
  return unit.empty() ? definition.unit : unit;
}

std::string name_of(const MetricDefinition& definition, const Texts& texts) {
  return texts.language() == Language::dutch ? definition.name_nl
                                             : definition.name_en;
}

}  // namespace etherpeil::report
