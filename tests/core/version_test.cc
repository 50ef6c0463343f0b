#include "core/version.h"

#include <gtest/gtest.h>

TEST(VersionTest, EqualsTheProjectsVersion) { EXPECT_EQ(duomo::kVersion, DUOMO_PROJECT_VERSION); }
