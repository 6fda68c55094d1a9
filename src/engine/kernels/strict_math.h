#pragma once

/// Functions of java.lang.StrictMath that Spark's last digits depend on, by the algorithms that
/// Java prescribes (those of fdlibm, Sun Microsystems, 1993). The C library rounds some results the
/// other way.
namespace lochan::engine::kernels::strict_math {

double exp(double x);
double log(double x);
double cbrt(double x);
double cosh(double x);

}  // namespace lochan::engine::kernels::strict_math
