-- SPDX-License-Identifier: MIT
package("pacer")
    set_kind("library", {headeronly = true})
    set_description("Learning-rate schedules for C++: exact, stateless, header-only")
    set_license("MIT")

    add_urls("https://github.com/OWNER/pacer/releases/download/v$(version)/pacer-$(version).tar.gz")
    add_versions("0.1.0", "0000000000000000000000000000000000000000000000000000000000000000")

    on_install(function (package)
        os.cp("include/pacer", package:installdir("include"))
    end)

    on_test(function (package)
        assert(package:check_cxxsnippets({test = [[
            #include <pacer/pacer.hpp>
            static_assert(pacer::cosine{{.peak_lr = 1.0, .total_steps = 10}}(10) == 0);
        ]]}, {configs = {languages = "c++20"}}))
    end)
package_end()
