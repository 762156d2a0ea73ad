#include "etherpeil/stats.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>
#include <vector>

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
    "stats: the Kaplan-Meier median and its log-log limits agree with survival",
    "[stats]") {
  // survival 3.5.3, survfit(conf.type = "log-log"). For the medians themselves
  // R prints midpoints, 13.23 and 8.735, because survival is exactly 0.5 there;
  // the left ends are 13.16 and 8.68.
  const std::vector<Duration> control{
      {11.49, true}, {4.15, true},   {31.21, true}, {3.88, true},
      {19.0, true},  {13.07, true},  {60.0, false}, {24.29, true},
      {27.39, true}, {4.74, true},   {56.23, true}, {2.06, true},
      {16.97, true}, {9.59, true},   {60.0, false}, {30.7, true},
      {12.16, true}, {12.98, true},  {10.87, true}, {5.22, true},
      {4.35, true},  {5.08, true},   {35.43, true}, {6.47, true},
      {8.53, true},  {7.2, true},    {8.51, true},  {13.39, true},
      {12.09, true}, {14.51, true},  {2.58, true},  {18.48, true},
      {1.89, true},  {18.67, true},  {8.84, true},  {2.65, true},
      {18.64, true}, {20.78, true},  {88.13, true}, {23.72, true},
      {66.29, true}, {35.48, true},  {8.26, true},  {30.7, true},
      {7.26, true},  {47.9, true},   {26.19, true}, {2.81, true},
      {6.56, true},  {240.0, false}, {30.86, true}, {3.69, true},
      {9.18, true},  {28.73, true},  {9.43, true},  {19.84, true},
      {13.3, true},  {14.19, true},  {34.9, true},  {0.59, true},
      {4.67, true},  {3.13, true},   {3.07, true},  {33.02, true},
      {4.32, true},  {13.16, true},  {7.49, true},  {11.49, true},
      {22.57, true}, {26.97, true},  {28.75, true}, {7.38, true},
      {21.46, true}, {3.56, true},   {37.05, true}, {28.0, true},
      {26.28, true}, {74.28, true},  {5.53, true},  {34.25, true}};
  const SurvivalMedian slow = kaplan_meier_median(control);
  CHECK(slow.n == 80);
  CHECK(slow.observed == 77);
  CHECK(close(slow.median, 13.16));
  CHECK(close(slow.interval.low, 9.43));
  CHECK(close(slow.interval.high, 19.0));
  const std::vector<Duration> treated{
      {60.0, false}, {3.99, true},  {8.0, true},   {3.12, true},
      {76.55, true}, {39.73, true}, {16.21, true}, {34.47, true},
      {7.5, true},   {7.23, true},  {31.47, true}, {12.6, true},
      {17.9, true},  {49.85, true}, {16.78, true}, {9.18, true},
      {11.79, true}, {1.08, true},  {4.71, true},  {17.26, true},
      {12.76, true}, {5.38, true},  {18.45, true}, {13.09, true},
      {21.0, true},  {3.35, true},  {1.26, true},  {27.59, true},
      {24.99, true}, {21.31, true}, {4.08, true},  {13.73, true},
      {29.06, true}, {16.41, true}, {5.14, true},  {3.07, true},
      {9.82, true},  {9.4, true},   {25.51, true}, {1.57, true},
      {3.25, true},  {33.63, true}, {4.54, true},  {4.63, true},
      {15.25, true}, {3.57, true},  {48.04, true}, {8.34, true},
      {2.33, true},  {3.23, true},  {35.18, true}, {7.0, true},
      {1.38, true},  {4.07, true},  {6.99, true},  {41.63, true},
      {0.39, true},  {21.75, true}, {20.02, true}, {7.2, true},
      {68.92, true}, {2.99, true},  {3.7, true},   {29.19, true},
      {43.55, true}, {3.29, true},  {11.06, true}, {20.79, true},
      {3.87, true},  {7.87, true},  {2.09, true},  {10.73, true},
      {60.0, false}, {10.82, true}, {3.85, true},  {41.22, true},
      {3.98, true},  {9.26, true},  {12.02, true}, {8.68, true},
      {3.19, true},  {33.69, true}, {3.98, true},  {48.85, true},
      {6.88, true},  {2.46, true},  {24.81, true}, {2.77, true},
      {6.91, true},  {3.96, true},  {18.9, true},  {1.34, true},
      {5.94, true},  {8.79, true},  {34.7, true},  {2.31, true},
      {10.19, true}, {56.31, true}, {2.66, true},  {3.77, true},
      {4.61, true},  {2.21, true},  {21.95, true}, {5.31, true},
      {7.65, true},  {4.23, true},  {10.01, true}, {16.35, true},
      {50.21, true}, {34.95, true}, {18.81, true}, {13.43, true},
      {4.48, true},  {13.4, true},  {38.43, true}, {1.34, true},
      {16.49, true}, {8.44, true},  {1.56, true},  {16.98, true},
      {7.48, true},  {3.37, true},  {1.05, true},  {7.34, true},
      {22.25, true}, {11.03, true}, {6.59, true},  {50.95, true},
      {5.37, true},  {28.82, true}, {19.24, true}, {10.24, true},
      {27.27, true}, {7.14, true},  {5.1, true},   {2.31, true},
      {4.31, true},  {8.59, true},  {18.98, true}, {26.99, true},
      {12.54, true}, {35.27, true}, {3.76, true},  {7.55, true},
      {0.96, true},  {2.76, true},  {4.61, true},  {18.57, true},
      {2.18, true},  {6.36, true},  {6.63, true},  {5.13, true},
      {7.41, true},  {8.22, true},  {12.35, true}, {11.03, true},
      {27.08, true}, {5.08, true},  {20.74, true}, {18.73, true}};
  const SurvivalMedian fast = kaplan_meier_median(treated);
  CHECK(fast.n == 160);
  CHECK(fast.observed == 158);
  CHECK(close(fast.median, 8.68));
  CHECK(close(fast.interval.low, 7.34));
  CHECK(close(fast.interval.high, 11.03));
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
  // ineq 0.2-13: messages of 57 members, 25 of them silent
  std::vector<double> amounts{240, 132, 44, 39, 10, 9, 9, 6, 5, 4, 4,
                              4,   3,   3,  3,  3,  2, 2, 2, 2, 2, 2,
                              2,   1,   1,  1,  1,  1, 1, 1, 1, 1};
  amounts.resize(57, 0);
  CHECK(close(gini(amounts), 0.894963842137692));
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

TEST_CASE("stats: dispersion is Pearson's X2 over its degrees of freedom",
          "[stats]") {
  // Counts 2, 4, 12 in equal time: mean 6; (16 + 4 + 36) / 6 / 2
  CHECK(close(dispersion(std::vector<double>{2, 4, 12},
                         std::vector<double>{1, 1, 1}, false),
              56.0 / 12));
  // Shares 1/10, 9/10: p = 0.5; 16 / (10 * 0.25) twice, over 1
  CHECK(close(
      dispersion(std::vector<double>{1, 9}, std::vector<double>{10, 10}, true),
      12.8));
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
