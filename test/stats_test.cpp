#include "etherpeil/stats.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "json/json.hpp"
#include "stats/spread.hpp"

using namespace etherpeil;

namespace {

bool close(double a, double b, double tolerance = 1e-8) {
  return std::abs(a - b) <= tolerance * std::max(1.0, std::abs(b));
}

double mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) /
         static_cast<double>(values.size());
}

/// An entry of the values that R and Python computed.
json::Node oracle(const std::string& name) {
  const std::string path =
      std::string{ETHERPEIL_SOURCE_DIR} + "/test/oracles.json";
  return json::parse(json::read_file(path), path)[name];
}

std::vector<double> numbers(const json::Node& list) {
  std::vector<double> values;
  for (const json::Node& item : list.items()) values.push_back(item.number());
  return values;
}

/// P(Y >= k), term by term: slow and plain.
double binomial_upper(int k, int n, double p) {
  double sum = 0;
  for (int i = k; i <= n; ++i) {
    sum += std::exp(std::lgamma(n + 1) - std::lgamma(i + 1) -
                    std::lgamma(n - i + 1) + i * std::log(p) +
                    (n - i) * std::log1p(-p));
  }
  return sum;
}

}  // namespace

TEST_CASE("stats: the Wilson interval agrees with statsmodels", "[stats]") {
  // statsmodels.stats.proportion.proportion_confint(88, 100, method="wilson")
  CHECK(close(wilson(88, 100).low, 0.8018790057328857));
  CHECK(close(wilson(88, 100).high, 0.9300059356298052));
  // the same with 0 of 90: never 0 plus or minus 0
  CHECK(wilson(0, 90).low == 0.0);
  CHECK(close(wilson(0, 90).high, 0.0409356255643268));
  CHECK(wilson(90, 90).high == 1.0);
  CHECK(close(wilson(90, 90).low, 1 - 0.0409356255643268));
}

TEST_CASE("stats: without trials a share has no interval", "[stats]") {
  CHECK(std::isnan(wilson(0, 0).low));
  CHECK(std::isnan(wilson(0, 0).high));
  CHECK(std::isnan(share_difference(0, 0, 1, 2).low));
  CHECK(std::isnan(share_difference(1, 2, 0, 0).high));
}

TEST_CASE("stats: a wider confidence gives a wider interval", "[stats]") {
  CHECK(wilson(5, 20, 0.99).low < wilson(5, 20, 0.9).low);
  CHECK(poisson_exact(5, 0.99).high > poisson_exact(5, 0.9).high);
  CHECK(rate_ratio_midp(5, 1, 4, 1, 0.99).high >
        rate_ratio_midp(5, 1, 4, 1, 0.9).high);
}

TEST_CASE("stats: the Garwood interval agrees with R's poisson.test",
          "[stats]") {
  // poisson.test(17, 52.25)$conf.int
  const Interval limits = poisson_exact(17);
  CHECK(close(limits.low / 52.25, 0.189533520949422));
  CHECK(close(limits.high / 52.25, 0.520931039538883));
  // The limit for no events is the "rule of three": -log(alpha / 2).
  CHECK(poisson_exact(0).low == 0.0);
  CHECK(close(poisson_exact(0).high, -std::log(0.025)));
}

TEST_CASE("stats: the Garwood limits hold their tails for large counts",
          "[stats]") {
  for (const std::uint64_t count : {1U, 10U, 1000U, 100000U}) {
    const Interval limits = poisson_exact(count);
    CHECK(limits.low < static_cast<double>(count));
    CHECK(limits.high > static_cast<double>(count));
    const double root = std::sqrt(static_cast<double>(count));
    CHECK(limits.high - limits.low > 3.9 * root);
    CHECK(limits.high - limits.low < 3.93 * root + 2.5);
  }
}

TEST_CASE(
    "stats: the difference of shares agrees with Newcombe's published example",
    "[stats]") {
  // Newcombe (1998), Statistics in Medicine 17, table II, method 10.
  const Interval a = share_difference(56, 70, 48, 80);
  CHECK(close(a.low, 0.0524, 1e-4));
  CHECK(close(a.high, 0.3339, 1e-4));
  const Interval b = share_difference(9, 10, 3, 10);
  CHECK(close(b.low, 0.1705, 1e-4));
  CHECK(close(b.high, 0.8090, 1e-4));
  const Interval c = share_difference(10, 10, 0, 10);
  CHECK(close(c.low, 0.6075, 1e-4));
  CHECK(c.high == 1.0);
}

TEST_CASE("stats: exchanging two shares turns the difference around",
          "[stats]") {
  const Interval forth = share_difference(7, 30, 12, 41);
  const Interval back = share_difference(12, 41, 7, 30);
  CHECK(close(forth.low, -back.high, 1e-14));
  CHECK(close(forth.high, -back.low, 1e-14));
}

TEST_CASE("stats: the mid-P rate ratio agrees with roots found in R",
          "[stats]") {
  // uniroot at machine precision on pbinom/dbinom, R 4.2.2
  const Interval a = rate_ratio_midp(43, 1200.5, 21, 980.25);
  CHECK(close(a.low, 0.998926205664821));
  CHECK(close(a.high, 2.86611491035344));
  const Interval b = rate_ratio_midp(7, 52, 2, 52);
  CHECK(close(b.low, 0.779116131169568));
  CHECK(close(b.high, 24.585538996452));
}

TEST_CASE("stats: a rate ratio without events on a side is open on that side",
          "[stats]") {
  const Interval none_after = rate_ratio_midp(0, 100, 7, 100);
  CHECK(none_after.low == 0.0);
  CHECK(close(none_after.high, 0.534127404634391));
  const Interval none_before = rate_ratio_midp(5, 80.5, 0, 120);
  CHECK(close(none_before.low, 1.81665642288113));
  CHECK(std::isinf(none_before.high));
  CHECK(std::isnan(rate_ratio_midp(0, 1, 0, 1).low));
  CHECK(std::isnan(rate_ratio_midp(0, 1, 0, 1).high));
  CHECK(std::isnan(rate_ratio_midp(3, 0, 2, 1).low));
  CHECK(std::isnan(rate_ratio_midp(3, 1, 2, 0).low));
}

TEST_CASE("stats: each mid-P limit leaves the tail that it promises",
          "[stats]") {
  for (const int y1 : {1, 2, 9, 40}) {
    for (const int y0 : {1, 3, 17, 60}) {
      const Interval limits = rate_ratio_midp(static_cast<unsigned>(y1), 3,
                                              static_cast<unsigned>(y0), 2);
      const int n = y1 + y0;
      const double odds = limits.low * 1.5;
      const double p = odds / (1 + odds);
      CHECK(close((binomial_upper(y1, n, p) + binomial_upper(y1 + 1, n, p)) / 2,
                  0.025));
      const double odds_high = limits.high * 1.5;
      const double q = odds_high / (1 + odds_high);
      CHECK(close((binomial_upper(y1, n, q) + binomial_upper(y1 + 1, n, q)) / 2,
                  0.975));
    }
  }
}

TEST_CASE(
    "stats: exchanging two rates inverts the ratio, also for large counts",
    "[stats]") {
  for (const std::uint64_t y : {0U, 1U, 25U, 90000U}) {
    const Interval forth = rate_ratio_midp(y, 31, 12, 28);
    const Interval back = rate_ratio_midp(12, 28, y, 31);
    CHECK(close(forth.high * back.low, 1.0));
    CHECK(close(y == 0 ? 1 / back.high : forth.low * back.high,
                y == 0 ? forth.low : 1.0));
    CHECK(forth.low <= static_cast<double>(y) / 31 / (12.0 / 28));
    CHECK(forth.high >= static_cast<double>(y) / 31 / (12.0 / 28));
  }
}

TEST_CASE(
    "stats: Kaplan-Meier quantiles and log-log limits agree with survival",
    "[stats]") {
  for (const json::Node& arm : oracle("kaplan_meier")["arms"].items()) {
    const std::vector<double> minutes = numbers(arm["minutes"]);
    const std::vector<double> replied = numbers(arm["replied"]);
    std::vector<Duration> times;
    for (std::size_t i = 0; i < minutes.size(); ++i)
      times.push_back({minutes[i], replied[i] > 0});
    const std::vector<double> quartiles = numbers(arm["quartiles"]);
    const std::vector<double> low = numbers(arm["low"]);
    const std::vector<double> high = numbers(arm["high"]);
    for (std::size_t k = 0; k < quartiles.size(); ++k) {
      const SurvivalMedian found =
          kaplan_meier_quantile(times, 0.25 * static_cast<double>(k + 1));
      INFO(k);
      CHECK(static_cast<double>(found.n) == arm["n"].number());
      CHECK(static_cast<double>(found.observed) == arm["events"].number());
      CHECK(close(found.midpoint, quartiles[k]));
      CHECK(close(found.interval.low, low[k]));
      CHECK(close(found.interval.high, high[k]));
    }
    const SurvivalMedian half = kaplan_meier_median(times);
    CHECK(close(half.median, arm["median_left_end"].number()));
    CHECK(close(half.midpoint, arm["median_midpoint"].number()));
    CHECK(half.median < half.midpoint);
  }
}

TEST_CASE("stats: burstiness and memory agree with R", "[stats]") {
  const json::Node expected = oracle("burstiness");
  const std::vector<double> times = numbers(expected["times"]);
  std::vector<double> intervals;
  for (std::size_t i = 1; i < times.size(); ++i)
    intervals.push_back(times[i] - times[i - 1]);
  const Burstiness found = burstiness(intervals);
  CHECK(close(found.burstiness, expected["B"].number()));
  CHECK(close(found.corrected, expected["B_n"].number()));
  CHECK(close(found.memory, expected["memory"].number()));
}

TEST_CASE("stats: regular times have burstiness -1, no times have none",
          "[stats]") {
  CHECK(burstiness(std::vector<double>{5, 5, 5, 5}).burstiness == -1.0);
  CHECK(std::isnan(burstiness(std::vector<double>{5, 5, 5, 5}).memory));
  CHECK(std::isnan(burstiness({}).burstiness));
  CHECK(std::isnan(burstiness(std::vector<double>{0, 0}).corrected));
}

TEST_CASE("stats: reciprocity agrees with igraph", "[stats]") {
  const json::Node expected = oracle("reciprocity");
  const std::vector<double> from = numbers(expected["from"]);
  const std::vector<double> to = numbers(expected["to"]);
  const std::vector<double> weights = numbers(expected["w"]);
  std::vector<Arrow> arrows;
  for (std::size_t i = 0; i < from.size(); ++i) {
    arrows.push_back({static_cast<std::uint32_t>(from[i]),
                      static_cast<std::uint32_t>(to[i]), weights[i]});
  }
  const Reciprocity found = reciprocity(arrows);
  CHECK(close(found.arrows, expected["default"].number()));
  CHECK(close(found.pairs, expected["ratio"].number()));
  CHECK(close(found.weighted, expected["weighted"].number()));
  arrows.push_back({7, 7, 100});  // nobody answers himself
  CHECK(close(reciprocity(arrows).weighted, found.weighted));
  CHECK(std::isnan(reciprocity({}).arrows));
}

TEST_CASE("stats: times on the clock agree with R", "[stats]") {
  const json::Node expected = oracle("circular");
  const ClockTimes found = clock_times(numbers(expected["hours"]));
  CHECK(close(found.mean_hour, expected["mean_hour"].number()));
  CHECK(close(found.resultant, expected["resultant"].number()));
  CHECK(close(found.deviation_hours, expected["deviation_hours"].number()));
  CHECK(close(found.rayleigh_p, expected["rayleigh_p"].number()));
  const ClockTimes midnight = clock_times(std::vector<double>{23, 1});
  CHECK(std::min(midnight.mean_hour, 24 - midnight.mean_hour) < 1e-9);
  CHECK(std::isnan(clock_times({}).resultant));
}

TEST_CASE("stats: a median that was never reached is not a number", "[stats]") {
  const std::vector<Duration> times{
      {1, true}, {5, false}, {5, false}, {9, false}};
  const SurvivalMedian found = kaplan_meier_median(times);
  CHECK(std::isnan(found.median));
  CHECK(std::isnan(found.interval.high));
  CHECK(found.n == 4);
  CHECK(found.observed == 1);
}

TEST_CASE("stats: no times, one time and only censored times have no interval",
          "[stats]") {
  CHECK(std::isnan(kaplan_meier_median({}).median));
  const std::vector<Duration> one{{3, true}};
  CHECK(kaplan_meier_median(one).median == 3.0);
  CHECK(std::isnan(kaplan_meier_median(one).interval.low));
  CHECK(std::isnan(kaplan_meier_median(one).interval.high));
  const std::vector<Duration> censored{{3, false}, {4, false}};
  CHECK(std::isnan(kaplan_meier_median(censored).median));
  CHECK(kaplan_meier_median(censored).observed == 0);
}

TEST_CASE("stats: who is censored at the time of an event was still at risk",
          "[stats]") {
  // At 2 four are at risk, one event: S = 3/4; at 3 two at risk, both: S = 0.
  const std::vector<Duration> times{
      {3, true}, {2, false}, {2, true}, {3, true}};
  CHECK(kaplan_meier_median(times).median == 3.0);
  // Survival of exactly a half counts as reached, however the product rounds.
  std::vector<Duration> six;
  for (int i = 1; i <= 6; ++i) six.push_back({static_cast<double>(i), true});
  CHECK(kaplan_meier_median(six).median == 3.0);
}

TEST_CASE("stats: the Gini coefficient agrees with the ineq package",
          "[stats]") {
  const json::Node expected = oracle("gini");
  const std::vector<double> amounts = numbers(expected["messages"]);
  const double n = static_cast<double>(amounts.size());
  CHECK(close(gini(amounts), expected["gini"].number()));
  CHECK(close(gini(amounts), expected["by_differences"].number()));
  CHECK(
      close(gini(amounts) * n / (n - 1), expected["gini_corrected"].number()));
}

TEST_CASE("stats: equal amounts have Gini 0, one giver among n has 1 - 1/n",
          "[stats]") {
  CHECK(gini(std::vector<double>{4, 4, 4, 4}) == Approx(0).margin(1e-15));
  CHECK(gini(std::vector<double>{0, 0, 0, 7}) == Approx(0.75));
  CHECK(gini(std::vector<double>{5}) == 0.0);
  CHECK(std::isnan(gini({})));
  CHECK(std::isnan(gini(std::vector<double>{0, 0})));
}

TEST_CASE("stats: the jackknife of a mean is the t interval", "[stats]") {
  // t(4, 0.975) = 2.7764451052; mean 6, standard error sqrt(10 / 5)
  const std::vector<double> values{2, 4, 6, 8, 10};
  const Interval limits = jackknife(values, mean);
  CHECK(close(limits.low, 6 - 2.7764451051977987 * std::sqrt(2.0)));
  CHECK(close(limits.high, 6 + 2.7764451051977987 * std::sqrt(2.0)));
}

TEST_CASE(
    "stats: the jackknife agrees with delete-one values of another program",
    "[stats]") {
  // Krippendorff's alpha of 11 units, each left out, by fast-krippendorff:
  // standard error 0.1463266522007062
  const std::vector<double> left_out{0.7203883495145632, 0.79,
                                     0.7131147540983607, 0.7131147540983607,
                                     0.7200000000000001, 0.8574338085539714,
                                     0.7008547008547009, 0.7861507128309573,
                                     0.7200000000000001, 0.7102615694164991,
                                     0.728937728937729};
  CHECK(close(std::sqrt(stats::jackknife_variance(left_out)),
              0.1463266522007062));
  // its t interval ends at 0.4173849537852246
  CHECK(close(0.743421052631579 -
                  stats::student_quantile(0.975, 10) * 0.1463266522007062,
              0.4173849537852246));
}

TEST_CASE("stats: the jackknife needs three values and finite statistics",
          "[stats]") {
  CHECK(std::isnan(jackknife(std::vector<double>{1, 2}, mean).low));
  const auto never = [](std::span<const double>) { return std::nan(""); };
  CHECK(std::isnan(jackknife(std::vector<double>{1, 2, 3}, never).low));
}

TEST_CASE("stats: dispersion is the design effect of Rao and Scott",
          "[stats]") {
  // Counts 2, 4, 12 in equal time: mean 6; (16 + 4 + 36) / 6 / 2
  CHECK(close(dispersion(std::vector<double>{2, 4, 12},
                         std::vector<double>{1, 1, 1}, false),
              56.0 / 12));
  // Shares 1/10, 9/10: p = 0.5; 16 / (10 * 0.25) twice, over 1
  CHECK(close(
      dispersion(std::vector<double>{1, 9}, std::vector<double>{10, 10}, true),
      12.8));
  // 1/2 and 5/18: p = 0.3; residuals 0.4 and -0.4; 2/1 * 0.32 / (20 * 0.21)
  CHECK(dispersion(std::vector<double>{1, 5}, std::vector<double>{2, 18},
                   true) == 1.0);
  // 2/2 and 2/18: p = 0.2; residuals 1.6 and -1.6; 2 * 5.12 / (20 * 0.16)
  CHECK(close(
      dispersion(std::vector<double>{2, 2}, std::vector<double>{2, 18}, true),
      3.2));
  // Unequal exposure at one rate varies less than chance
  CHECK(dispersion(std::vector<double>{2, 4, 8}, std::vector<double>{1, 2, 4},
                   false) == 1.0);
}

TEST_CASE("stats: dispersion of nothing, of one period or of no events is 1",
          "[stats]") {
  CHECK(dispersion({}, {}, false) == 1.0);
  CHECK(dispersion(std::vector<double>{3}, std::vector<double>{1}, false) ==
        1.0);
  CHECK(dispersion(std::vector<double>{0, 0}, std::vector<double>{1, 1},
                   false) == 1.0);
  CHECK(dispersion(std::vector<double>{5, 5}, std::vector<double>{5, 5},
                   true) == 1.0);
  // A period without exposure says nothing.
  CHECK(dispersion(std::vector<double>{3, 0, 5}, std::vector<double>{1, 0, 1},
                   false) == dispersion(std::vector<double>{3, 5},
                                        std::vector<double>{1, 1}, false));
}

TEST_CASE("stats: quantiles are those of R's type 7", "[stats]") {
  // quantile(c(7, 1, 3, 10), c(0, .25, .5, .9, 1))
  const std::vector<double> values{7, 1, 3, 10};
  CHECK(quantile(values, 0) == 1.0);
  CHECK(close(quantile(values, 0.25), 2.5));
  CHECK(close(quantile(values, 0.5), 5.0));
  CHECK(close(quantile(values, 0.9), 9.1));
  CHECK(quantile(values, 1) == 10.0);
  CHECK(quantile(std::vector<double>{4}, 0.3) == 4.0);
  CHECK(std::isnan(quantile({}, 0.5)));
}
